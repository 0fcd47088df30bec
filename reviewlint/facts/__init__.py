"""The vocabulary between readers and rules: frozen, plain, serialisable dataclasses and nothing else.

Readers produce facts, rules judge them. This package imports nothing of the project and knows no
parser, framework or rule. Every fact says where it was seen (`at`), in which function (`function`,
the name qualified inside its file such as `Orders.create`, or `""` at module level).
"""
