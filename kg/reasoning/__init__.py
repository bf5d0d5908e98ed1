"""What follows from what disclosures say, by the definitions of the ontology; and whether the ontology contradicts itself.

The definitions (``ontology/derived.ttl``) are OWL 2 DL. HermiT decides them where Java is there; the rules of this program
(:mod:`kg.reasoning.matching`, an extract of OWL 2 RL) decide the same ones without. Whatever follows is written apart from what
was said, with what it rests on.
"""
