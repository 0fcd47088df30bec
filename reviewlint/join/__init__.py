"""The join: what follows from the facts of all files together. Imports facts, knows no parser.

Each module offers a function of the project (`endpoints(project)`), shared through `project.view(endpoints)`.
"""
