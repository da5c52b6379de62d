import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.operation import Operation
from api.routes.health import metrics_text
from ledger.follower import ReadOnlyLog
from tests.api.ledgers import NOW_MS, event


@pytest.fixture
def read(client):
    """Return a function that reads all samples, and refuses what does not parse."""

    def read_samples():
        answer = client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        samples = {}
        for family in text_string_to_metric_families(answer.text):
            assert family.documentation
            assert family.type != "unknown", family.name
            for sample in family.samples:
                key = (sample.name, *sorted(sample.labels.items()))
                assert key not in samples
                samples[key] = sample.value
        return samples

    return read_samples


def test_the_log_is_measured(read, client, log):
    client.post_many([event(1), event(2)])

    samples = read()

    assert samples["caravan_checkpoint_size",] == log.size == 8
    assert samples["caravan_checkpoint_timestamp_seconds",] == NOW_MS / 1000
    assert samples["caravan_database_bytes",] > 10_000
    assert samples["caravan_queue_notes",] == 0
    assert samples["caravan_is_sequencer",] == 1
    assert samples["caravan_is_read_only",] == 0
    # Genesis; admission and binding; two events.
    assert samples["caravan_group_notes_count",] == 3
    assert samples["caravan_group_notes_sum",] == 5
    assert samples["caravan_group_notes_bucket", ("le", "1")] == 1
    assert samples["caravan_group_notes_bucket", ("le", "2")] == 3
    assert samples["caravan_group_notes_bucket", ("le", "+Inf")] == 3
    assert samples["caravan_group_seconds_sum",] > 0
    assert samples["caravan_groups_failed_total",] == 0


def test_what_was_posted_is_counted_by_outcome_and_refusals_by_code(read, client):
    client.post(event())
    client.post(event())
    client.post_many([7, event(2)])
    client.post(b"nothing")

    samples = read()

    outcomes = {
        key[1][1]: value
        for key, value in samples.items()
        if key[0] == "caravan_statements_total"
    }
    assert outcomes == {"appended": 2, "known": 1, "refused": 2}
    assert samples["caravan_statements_refused_total", ("code", "encoding")] == 1
    assert (
        samples["caravan_statements_refused_total", ("code", "statement-format")] == 1
    )


def test_requests_are_counted_by_route_and_status(read, client):
    client.post(event())
    client.get("/id/animal/7")
    client.get("/id/animal/8")
    client.get("/passport?subject=nothing")
    client.request("HEAD", "/log/checkpoint")
    client.get("/elsewhere/is/nothing")

    samples = read()

    answered = {
        (dict(key[1:])["route"], dict(key[1:])["status"]): value
        for key, value in samples.items()
        if key[0] == "caravan_requests_total"
    }
    assert answered == {
        ("statements", "201"): 1,
        ("page", "200"): 1,
        ("page", "404"): 1,
        ("passport", "400"): 1,
        ("log", "200"): 1,
        ("other", "404"): 1,
    }
    assert samples["caravan_request_seconds_count", ("route", "page")] == 2
    assert samples["caravan_passport_seconds_count",] == 1


def test_one_that_only_reads_says_so_and_counts_no_groups(log, tmp_path):
    reader = ReadOnlyLog.open(
        f"sqlite:///{tmp_path}/ledger.db", policy=b"quorum none\n"
    )
    text = metrics_text(reader, Operation())
    reader.close()

    lines = text.splitlines()
    assert {"caravan_is_read_only 1", "caravan_is_sequencer 0"} <= set(lines)
    assert f"caravan_checkpoint_size {log.size}" in lines
    assert "caravan_group" not in text
