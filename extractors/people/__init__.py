"""Who is named in a text: participants by any form of their name, other people by how names are written and introduced,
and job titles."""

from __future__ import annotations

from extractors.people.find import How, Person, find_people
from extractors.people.participants import People, people_of
from extractors.people.titles import Title, find_titles, title_heads

__all__ = ["How", "People", "Person", "Title", "find_people", "find_titles", "people_of", "title_heads"]
