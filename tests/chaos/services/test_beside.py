"""What failed beside the answer, in the words that a person reads."""

from chaos.services.beside import in_short

AWAY = "There is no connection to the API server: {}. Is it up?"


def test_a_cluster_that_is_away_is_said_to_be_so_once_and_the_rest_is_counted():
    failures = [AWAY.format(f"list {what}") for what in ("jobs", "pods", "leases", "engines")]
    assert in_short(failures) == f"{failures[0]} And 3 more."


def test_what_differs_is_said_up_to_two_of_them():
    lacks = ["Gameday may not delete jobs.", "Gameday may not delete pods.", "Gameday may not list leases."]
    assert in_short(lacks[:2]) == " ".join(lacks[:2])
    assert in_short(lacks) == " ".join([*lacks[:2], "And 1 more."])
    assert in_short([]) == ""
