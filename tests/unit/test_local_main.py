import pytest

from local.main import parse


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--slots", "0"], "needs at least 1"),
        (["--port", "70000"], "is no port"),
        (["--queues", "high,hgih"], "no queue 'hgih': choose from high,medium,low"),
    ],
)
def test_a_choice_that_cannot_work_is_refused_before_anything_starts(arguments, fault, capsys):
    with pytest.raises(SystemExit) as refused:
        parse(arguments)

    assert refused.value.code == 2
    assert fault in capsys.readouterr().err


def test_what_is_not_chosen_is_as_documented():
    options = parse([])

    assert (options.port, options.slots, options.queues) == (8080, 2, "high,medium,low")
    assert options.data.parts[-2:] == (".local", "data")
