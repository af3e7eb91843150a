"""``tc-portal token``: made, listed and revoked on the server."""

from collections.abc import Callable

from running_portal import RunningPortal


def test_a_token_made_on_the_server_is_taken_and_can_be_revoked_there(
    new_portal: Callable[..., RunningPortal],
) -> None:
    portal = new_portal()
    said, *forms = portal.command("token", "new", "夜間バッチ", "--job", "nightly").stdout.splitlines()
    assert "shown this once" in said
    assert portal.command("token", "list").stdout == "1\tvalid\t-\tnightly\t夜間バッチ\n"
    portal.start()
    for token in forms:
        assert portal.request("GET", f"/api/push/{token}").status == 200
    assert portal.command("token", "revoke", "1").returncode == 0
    ((revoked_at,),) = portal.database.rows("SELECT revoked_at FROM ping_token")
    assert revoked_at is not None


def test_what_cannot_be_done_is_said_in_one_line(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal()
    for arguments, trouble in (
        (("new", " "), "Give a name of 1 to 200 characters"),
        (("new", "x", "--job", "k" * 501), "a job's key of 1 to 500"),
        (("revoke", "7"), "There is no valid token 7. See tc-portal token list"),
    ):
        ended = portal.command("token", *arguments)
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
        assert trouble in ended.stderr
