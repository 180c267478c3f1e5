"""The words of aliases: of weather, stone, wood and water, of animals and plants; none says anything of a person.

Never change, move, add or remove one: an alias that was spoken once must stay what it is.
"""

ADJECTIVES = tuple(
    """
    Stille Kalme Rustige Heldere Frisse Groene Blauwe Paarse Oranje Turquoise Azuren Lila Indigoblauwe Violette
    Mosgroene Zeegroene Grasgroene Appelgroene Olijfgroene Flesgroene Smaragdgroene Jadegroene Dennengroene
    Lentegroene Blauwgroene Grijsgroene Zilvergroene Hemelsblauwe Korenblauwe Staalblauwe Kobaltblauwe IJsblauwe
    Zeeblauwe Inktblauwe Grijsblauwe Saffierblauwe Waterblauwe Zilvergrijze Leigrijze Parelgrijze Asgrijze
    Mistgrijze Duingrijze Staalgrijze Zilveren Gouden Koperen Bronzen Tinnen Messing IJzeren Stalen Houten Eiken
    Berken Essen Sparren Wilgen Kurken Rieten Stenen Marmeren Granieten Leistenen Barnstenen Kristallen Glazen
    Porseleinen Lemen Wollen Linnen Vilten Papieren Kartonnen Gevlochten Geweven Gesneden Geslepen Gepolijste
    Gegraveerde Geschilderde Getekende Gebeitelde Gesmede Gegoten Gekaarde Gestippelde Gestreepte Gevlekte
    Geruite Gespikkelde Gevlamde Gemarmerde Gewolkte Geaderde Gegolfde Gelijnde Gebogen Gekartelde Getande
    Gelobde Gevleugelde Gekuifde Gekroonde Ovale Vierkante Driehoekige Vierhoekige Vijfhoekige Zeshoekige
    Achthoekige Spiraalvormige Stervormige Waaiervormige Bladvormige Boogvormige Golfvormige Ringvormige
    Klokvormige Zonnige Bewolkte Mistige Nevelige Winderige Regenachtige Dauwige Berijpte Besneeuwde Winterse
    Zomerse Herfstige Ochtendlijke Bergachtige Heuvelachtige Bosrijke Waterrijke Rotsachtige Zanderige Zilte
    Kalkrijke Mossige Rietrijke Bloemrijke Schaduwrijke Bladrijke Visrijke Kruidenrijke Boomrijke Sterrenrijke
    Beschutte Weidse Wiegende Golvende Ruisende Kabbelende Zwevende Drijvende Klaterende Murmelende Zingende
    Zoemende Ritselende Suizende Stromende Draaiende Wentelende Dwarrelende Flonkerende Fonkelende Glanzende
    Glinsterende Schitterende Stralende Twinkelende Blinkende Spiegelende Schemerende Gloeiende Weerkaatsende
    Echoënde Klinkende Tinkelende Neuriënde Tikkende Kwetterende Tjilpende Koerende Knisperende Knetterende
    Sprankelende Bruisende Borrelende Druppelende Spetterende Opspattende Wuivende Buigende Ontluikende
    Bloeiende Kiemende Wortelende Groeiende Rijpende Rankende Klimmende Overhangende Altijdgroene Wintergroene
    Zomergroene Bladhoudende Naaldrijke Zonbeschenen Maanverlichte Sterverlichte Bemoste Begroeide Beboste
    Omzoomde Omringde Bedachtzame Bedaarde Behendige Oplettende Wakkere Alerte Gestage Geduldige Zorgvuldige
    Nauwkeurige Vindingrijke Gelijkmatige Evenwichtige Stabiele Vaste Degelijke Duurzame Bestendige Standvastige
    Solide Hechte Fijnmazige Ruime Vlakke Effen Korrelige Poreuze Vezelige Kronkelende Slingerende Meanderende
    Vertakte Gespiegelde Gevouwen Gerolde Gebundelde Gestapelde
    """.split()  # noqa: SIM905 - as a list literal it would be hundreds of lines
)
"""256, inflected."""

LANDSCAPES = tuple(
    """
    Akker Kiezel Grind Zwin Bries Vijver Krijt Schelp IJs Golf Beek Berg Bos Bron Dal Dauw Dijk Duin Eiland
    Fjord Grot Herfst Heuvel Hout Klif Kreek Kust Kwelder Leem Meer Mergel Mist Moeras Mos Oever Polder Regen
    Riet Rif Rivier Rots Schor Sloot Sneeuw Spreng Steen Strand Terp Vaart Veen Veld Ven Vliet Wad Wind Winter
    Woud Zand Zomer Water Gras Blad Ster Wolk
    """.split()  # noqa: SIM905 - as a list literal it would be hundreds of lines
)
"""64; the first half of a noun."""

CREATURES = tuple(
    """
    otter bever das egel haas ree hert eland wisent lynx marter hermelijn uil arend buizerd havik valk sperwer
    reiger ooievaar lepelaar zwaan meerkoet fuut aalscholver meeuw stern grutto kievit plevier scholekster
    specht lijster spreeuw leeuwerik zwaluw mees vink sijs putter wielewaal raaf snoek baars zalm forel karper
    steur eik beuk berk iep wilg populier esdoorn den spar lariks hulst vlier varen klaver brem distel
    """.split()  # noqa: SIM905 - as a list literal it would be hundreds of lines
)
"""64; the second half of a noun."""
