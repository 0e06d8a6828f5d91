"""Where an observation keeps what."""

from marec_env.layout import Column, describe, layout

CANDIDATE = [Column("similarity", 1, "s"), Column("nothing", 0, "-"), Column("embedding", 3, "e_i")]
AGENT = [Column("user", 2, "e_u"), Column("time_left", 1, "t")]


def test_columns_follow_one_another_without_gaps():
    found = layout(4, CANDIDATE, AGENT)
    assert found.candidate == {"similarity": slice(0, 1), "embedding": slice(1, 4)}
    assert found.agent == {"user": slice(0, 2), "time_left": slice(2, 3)}


def test_sizes_add_up_to_k_candidates_and_the_agent():
    found = layout(4, CANDIDATE, AGENT)
    assert (found.candidate_size, found.agent_size, found.observation_size) == (4, 3, 4 * 4 + 3)


def test_an_agent_without_columns_of_its_own_has_size_zero():
    assert layout(4, CANDIDATE, []).observation_size == 16


def test_the_description_is_a_table_in_the_order_of_the_observation():
    assert describe(4, CANDIDATE, AGENT).splitlines() == [
        "| columns | per | name | meaning |",
        "|---|---|---|---|",
        "| 0 | candidate | similarity | s |",
        "| 1 ... 3 | candidate | embedding | e_i |",
        "| 0 ... 1 | agent | user | e_u |",
        "| 2 | agent | time_left | t |",
        "",
        "4 candidates x 4 columns + 3 columns of the agent = 19 float32.",
    ]
