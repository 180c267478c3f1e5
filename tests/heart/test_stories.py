"""What is told, and in which words, as the evidence comes in. W is 20 days, G 2 days, D 4 hours, repeat 5 days here."""

from storyteller import Story


def test_seen_in_two_places_is_a_relocation():
    Story().tell("""
        day 1   control  A
        day 5   control  B            raised     A -> B   first confirmed rev1
        day 9   control  C            raised     B -> C
    """)


def test_a_late_mutation_says_where_she_came_from():
    Story().tell("""
        day 1   control  A
        day 5   control  B            raised     A -> B
        late 3  bvh      C            revised    C -> B   rev2
                                      raised     A -> C
    """)


def test_a_late_mutation_in_the_place_of_arrival_moves_the_arrival():
    Story().tell("""
        day 1   control  A
        day 5   control  B            raised     A -> B
        late 3  bvh      B            withdrawn  A -> B   later_evidence superseded rev2
                                      raised     A -> B   rev1
    """)


def test_seen_in_the_same_place_again_says_nothing():
    Story().tell("""
        day 1   control  A
        day 5   control  A
        day 6   bvh      A
    """)


def test_exactly_the_window_apart_is_a_relocation_and_a_moment_more_is_a_new_beginning():
    Story().tell("""
        day 0   control  A
        day 20  control  B            raised     A -> B
    """)
    Story().tell("""
        day 0         control  A
        day 20.00001  control  B
    """)


def test_back_within_the_window_is_a_return_and_within_five_days_a_repeat():
    Story().tell("""
        day 0   control  A
        day 5   control  B            raised     A -> B   first
        day 10  control  A            raised     B -> A   return repeat
        day 16  control  B            raised     A -> B   return
    """)


def test_a_return_after_more_than_the_window_is_a_first():
    Story().tell("""
        day 0         control  A
        day 10        control  B      raised     A -> B
        day 20.00001  control  A      raised     B -> A   first
    """)
    Story().tell("""
        day 0   control  A
        day 10  control  B            raised     A -> B
        day 20  control  A            raised     B -> A   return
    """)


def test_what_is_withdrawn_takes_its_relocation_along_and_the_rest_closes_up():
    Story().tell("""
        day 1   control  A
        day 5   control  B  =e        raised     A -> B
        day 9   control  C            raised     B -> C
        late 5  control  B  =e r1 gone    withdrawn  A -> B   corrected not_superseded
                                          revised    A -> C   rev2
    """)


def test_a_corrected_place_replaces_the_alert_of_the_same_event():
    Story().tell("""
        day 1   control  A
        day 5   control  B  =e        raised     A -> B
        late 5  control  C  =e r1     withdrawn  A -> B   corrected superseded
                                      raised     A -> C   rev1
    """)


def test_a_correction_that_names_somebody_else_moves_the_sighting_to_her():
    Story().tell("""
        day 1   control  A
        day 2   control  C  who:other
        day 5   control  B  =e        raised     A -> B   who:she
        late 5  control  B  =e r1 who:other       raised     C -> B   who:other
                                                  withdrawn  A -> B   who:she corrected superseded
    """)


def test_an_earlier_revision_that_comes_later_changes_nothing():
    Story().tell("""
        day 1   control  A
        day 5   control  B  =e r2     raised     A -> B
        late 5  control  C  =e r1
        late 5  control  C  =e r0
    """)


def test_raised_again_the_revision_goes_on():
    Story().tell("""
        day 1   control  A  =a
        day 5   control  B            raised     A -> B   rev1
        late 1  control  A  =a r1 gone   withdrawn  A -> B   rev2 corrected
        late 2  control  A            raised     A -> B   rev3
    """)


def test_a_settled_alert_stays_when_late_evidence_comes():
    Story().tell("""
        day 0   control  A
        day 10  control  B            raised     A -> B
        day 30  control  B
        late 5  control  C
    """)


def test_a_settled_alert_is_withdrawn_when_its_own_arrival_goes():
    Story().tell("""
        day 0   control  A
        day 10  control  B  =b        raised     A -> B
        day 30  control  B
        late 10 control  B  =b r1 gone   withdrawn  A -> B  corrected
    """)
    Story().tell("""
        day 0   control  A
        day 10  control  B  =b        raised     A -> B
        day 30  control  B
        late 9  control  B  =b r1     withdrawn  A -> B  corrected
    """)


def test_a_settled_alert_stays_when_its_arrival_is_corrected_in_other_respects():
    Story().tell("""
        day 0   control  A
        day 10  control  B  =b        raised     A -> B
        day 30  control  B
        late 10 control  B  =b r1 debt
    """)


def test_with_no_sightings_left_what_was_settled_stays_and_the_rest_goes():
    Story().tell("""
        day 0   control  A  =a
        day 5   control  B  =b        raised     A -> B
        late 0  control  A  =a r1 gone   withdrawn  A -> B
        late 5  control  B  =b r1 gone
    """)
    Story().tell("""
        day 0   control  A  =a
        day 5   control  B  =b        raised     A -> B
        day 25  control  B  =c
        late 0  control  A  =a r1 gone
        late 25 control  B  =c r1 gone   withdrawn  A -> B
    """)


def test_a_document_joins_and_parts():
    Story().tell("""
        day 1   control  A  who:doc-1
        day 5   control  B  who:bvh-1
        late 6  bvh      B  =join who:bvh-1+doc-1     raised     A -> B   who:bvh-1
        late 7  bvh      B  who:bvh-2+doc-1           withdrawn  A -> B   who:bvh-1 identity not_superseded
    """)


def test_when_documents_join_the_alert_of_the_document_is_taken_over():
    Story().tell("""
        day 1   control  A  who:doc-1
        day 5   control  B  who:doc-1                 raised     A -> B   who:doc-1
        late 6  bvh      B  =join who:bvh-1+doc-1     raised     A -> B   who:bvh-1
                                                      withdrawn  A -> B   who:doc-1 identity superseded
        late 6  bvh      B  =join r1 gone             withdrawn  A -> B   who:bvh-1 corrected superseded
                                                      raised     A -> B   who:doc-1 rev3
    """)


def test_what_joins_her_sightings_can_move_her_arrival():
    Story().tell("""
        day 1   control  A  who:bvh-1
        day 3   control  B  who:doc-1
        day 5   control  B  who:bvh-1                 raised     A -> B   who:bvh-1
        late 6  bvh      B  who:bvh-1+doc-1           withdrawn  A -> B   who:bvh-1 identity superseded
                                                      raised     A -> B   who:bvh-1 rev1
    """)


def test_a_correction_that_parts_a_document_says_corrected_though_she_was_seen_all_the_same():
    Story().tell("""
        day 1   control  A  who:doc-1
        day 5   control  B  =e who:she+doc-1          raised     A -> B   who:she
        day 5   control  B  =e r1 who:she             withdrawn  A -> B   who:she corrected not_superseded
    """)


def test_a_document_that_was_somebody_elses_takes_the_alert_to_her():
    Story().tell("""
        day 1   control  A  who:she
        day 2   control  C  who:other
        day 5   control  B  =e who:she+doc-1          raised     A -> B   who:she
        late 5  control  B  =e r1 who:other+doc-1     raised     C -> B   who:other
                                                      withdrawn  A -> B   who:she corrected superseded
    """)


def test_a_drive_through_is_transit_and_four_hours_are_a_stay():
    Story().tell("""
        day 1      control  A  who:plate-1
        day 2      passage  B  who:plate-1
        day 2.1    passage  C  who:plate-1
        day 2.2    passage  C  who:plate-1
        day 2.267  passage  C  who:plate-1       raised     A -> C   first confirmed
        late 2.25  control  B  who:plate-1       withdrawn  A -> C   later_evidence
                                                 raised     A -> B
    """)


def test_when_following_ends_the_passages_go():
    Story().tell("""
        day 1      control  A  =c who:plate-1
        day 2.1    passage  C  who:plate-1
        day 2.3    passage  C  who:plate-1       raised     A -> C
        late 1     control  A  =c r1 gone        withdrawn  A -> C   not_followed
    """)


def test_an_ad_elsewhere_is_provisional_until_the_first_place_has_been_silent():
    Story().tell("""
        day 1   ad       A  who:phone-1
        day 2   ad       B  who:phone-1       raised     A -> B   provisional file
        day 3   ad       B  who:phone-1       revised    A -> B   confirmed
    """)


def test_advertised_in_two_places_at_once_is_no_relocation():
    Story().tell("""
        day 1   ad       A  who:phone-1
        late 3  ad       A  who:phone-1
        late 2  ad       B  who:phone-1
        late 3  ad       B  who:phone-1
    """)


def test_an_ad_that_goes_on_after_a_control_elsewhere_brings_her_back():
    Story().tell("""
        day 1   ad       A  who:phone-1
        day 3   ad       A  who:phone-1
        late 2  control  B  who:phone-1       raised     A -> B   file
                                              raised     B -> A   return repeat
    """)


def test_too_fast_and_too_far_is_implausible():
    Story().tell("""
        day 1     control  A
        day 1.01  control  C            raised     A -> C   implausible
    """)


def test_a_country_is_never_implausible_and_always_across_the_border():
    Story().tell("""
        day 1     control  A
        day 1.01  control  IT           raised     A -> IT   cross_border cross_region
    """)


def test_attention_is_drawn_by_a_sign_at_any_time_in_the_window():
    Story().tell("""
        day 1   control  A
        day 5   control  B              raised     A -> B   file
        day 6   control  B  debt        revised    A -> B   tell
    """)


def test_a_sign_draws_attention_to_what_lies_less_than_the_window_after_it():
    Story().tell("""
        day 0         control  A  debt
        day 19.99999  control  B            raised     A -> B   tell
    """)
    Story().tell("""
        day 0         control  A  debt
        day 20        control  B            raised     A -> B   file
        day 21        control  B  debt      revised    A -> B   tell
    """)


def test_what_became_known_long_after_is_historical():
    Story().tell("""
        day 1   control  A
        day 40  control  A  who:other
        late 8  control  B              raised     A -> B   historical
    """)
