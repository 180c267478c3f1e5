"""Reference data on places, as packaged: what each file is and where it comes from is told in README.md."""
