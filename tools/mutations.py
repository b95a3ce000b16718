"""Mutations that `python -m tools.mutate` makes one by one, and the test that must fail for each.

The rows guard security, access and the rules. A row has the promise, the file under `learnpath/`,
the guard (which occurs there once), its replacement, and the test under `tests/`.
"""

from typing import NamedTuple


class Mutation(NamedTuple):
    """One mutation."""

    promise: str
    file: str
    guard: str
    instead: str
    test: str


TOKENS = "auth/test_tokens.py::"
CLAIMS = "auth/test_token_claims.py::"
REFRESH = "auth/test_refresh.py::"
REFRESH_AT_ONCE = "auth/test_refresh_at_once.py::"
SESSIONS = "auth/test_sessions.py::"
RECOVERY = "auth/test_recovery.py::"
THROTTLE = "auth/test_throttling.py::"
FOLD = "progress/test_rules_modules.py::"
PATHS = "progress/test_rules_paths.py::"
STICKY = "progress/test_sticky.py::"
WRITES = "progress/test_direct_writes.py::"
RACES = "progress/test_concurrency.py::"
BATCHES = "progress/test_batches.py::"
DEVICES = "progress/test_two_devices.py::"
CLASSES = "enrollments/test_whole_classes.py::"
AT_ONCE = "paths/test_concurrency.py::"
METRICS = "metrics/test_count_for_prometheus.py::"

ROWS = [
    # Tokens
    (
        "a token is signed by the algorithm we chose",
        "auth/tokens.py",
        'algorithms=[current_app.config["JWT_ALGORITHM"]],',
        'algorithms=["HS256", "HS384", "HS512"],',
        TOKENS + "test_another_hash_is_refused_though_the_key_is_right",
    ),
    (
        "a token has an issuer",
        "auth/tokens.py",
        '        issuer=current_app.config["JWT_ENCODE_ISSUER"],\n',
        "",
        CLAIMS + "test_a_false_claim_is_refused",
    ),
    (
        "a token has an audience",
        "auth/tokens.py",
        'audience=current_app.config["JWT_ENCODE_AUDIENCE"],\n        leeway=LEEWAY,\n'
        '        options={"require": REQUIRED},',
        'leeway=LEEWAY, options={"require": REQUIRED, "verify_aud": False},',
        CLAIMS + "test_a_false_claim_is_refused",
    ),
    (
        "no claim of a token may be missing",
        "auth/tokens.py",
        'options={"require": REQUIRED},',
        "options={},",
        CLAIMS + "test_no_claim_may_be_missing_or_senseless",
    ),
    (
        "a token is an access token",
        "auth/tokens.py",
        'claims["type"] != "access" or ',
        "",
        CLAIMS + "test_a_false_claim_is_refused",
    ),
    (
        "a token expires, even in the cache",
        "auth/tokens.py",
        "not moment - LEEWAY < claims.expires_at <= moment",
        "not claims.expires_at <= moment",
        TOKENS + "test_a_token_expires_after_its_hour_and_a_minute_for_the_clocks",
    ),
    (
        "a token with a longer lifetime is refused",
        "auth/tokens.py",
        " <= moment + lifetime() + LEEWAY:",
        ":",
        CLAIMS + "test_a_false_claim_is_refused",
    ),
    (
        "each request checks that the account is active",
        "auth/services.py",
        ', User.status == ACTIVE)\n        .where(Session.id == sa.bindparam("session_id"))',
        ')\n        .where(Session.id == sa.bindparam("session_id"))',
        REFRESH + "test_an_account_deactivated_in_the_database_alone_is_locked_out_at_once",
    ),
    (
        "a token is valid for its own session only",
        "auth/services.py",
        '        .where(Session.id == sa.bindparam("session_id"))\n',
        '        .where(sa.bindparam("session_id") > 0)\n',
        SESSIONS + "test_logging_out_ends_this_device_and_no_other",
    ),
    (
        "a session ends when it expires",
        "auth/services.py",
        '        .where(Session.expires_at > sa.bindparam("moment"))\n',
        '        .where(sa.bindparam("moment", type_=Session.expires_at.type).is_not(None))\n',
        REFRESH + "test_an_access_token_ends_with_its_device_even_before_its_own_hour",
    ),
    # Refresh tokens
    (
        "a spent refresh token is refused",
        "auth/sessions.py",
        "if counter != session.counter and not is_retry:",
        "if False:",
        REFRESH + "test_a_token_spent_twice_ends_the_device_and_no_other",
    ),
    (
        "a reused refresh token ends the session",
        "auth/sessions.py",
        "    with separate_transaction() as connection:\n        connection.execute(",
        "    if True:\n        db.session.execute(",
        REFRESH + "test_a_token_from_before_the_last_two_ends_the_device_at_once",
    ),
    (
        "the grace period of a refresh ends after 10 seconds",
        "auth/sessions.py",
        "counter == session.counter - 1 and moment - session.last_refreshed_at <= grace",
        "counter == session.counter - 1",
        REFRESH + "test_a_token_spent_twice_ends_the_device_and_no_other",
    ),
    (
        "refreshes of one session are serialized",
        "auth/sessions.py",
        "        .with_for_update(of=Session)\n",
        "",
        REFRESH_AT_ONCE + "test_a_slow_refresh_takes_no_later_one_back",
    ),
    (
        "a refresh token is signed",
        "auth/sessions.py",
        "    if not any(hmac.compare_digest(signature, one) for one in valid):\n",
        "    if False:\n",
        REFRESH + "test_a_forged_token_ends_nobodys_device",
    ),
    (
        "a refresh token needs the session's seed",
        "auth/sessions.py",
        "of session {session_id} {seed}",
        "of session {session_id}",
        REFRESH + "test_a_session_with_another_seed_knows_its_token_no_more",
    ),
    (
        "a refresh checks that the account is active",
        "auth/sessions.py",
        "Session.expires_at > now(), User.status == ACTIVE)",
        "Session.expires_at > now())",
        REFRESH + "test_an_account_deactivated_in_the_database_alone_is_locked_out_at_once",
    ),
    (
        "a new password ends all other sessions",
        "auth/listeners.py",
        "    sessions.end_sessions(user_id, except_session=by.session_id if by else None)\n",
        "",
        SESSIONS + "test_a_new_password_ends_every_device_but_the_one_that_set_it",
    ),
    # Tokens in emails
    (
        "a reset token is valid once",
        "auth/recovery/services.py",
        "        sa.delete(OneTimeToken).where(*_is_valid(token, purpose))"
        ".returning(OneTimeToken.bound_to)",
        "        sa.select(OneTimeToken.bound_to).where(*_is_valid(token, purpose))",
        "auth/test_verification.py::test_a_token_confirms_once",
    ),
    (
        "a new password invalidates a reset token",
        "auth/recovery/services.py",
        " or bound_to != _fingerprint(purpose, account)",
        "",
        RECOVERY + "test_a_token_dies_when_the_password_changes_meanwhile",
    ),
    (
        "a reset token is valid for ten minutes",
        "auth/recovery/services.py",
        "        OneTimeToken.expires_at > now(),\n",
        "",
        RECOVERY + "test_a_token_is_good_for_ten_minutes",
    ),
    (
        "a confirmation token is bound to the address only",
        "auth/recovery/services.py",
        "return _digest(account.password_hash if purpose == RESET else account.email)",
        "return _digest(account.password_hash)",
        "auth/test_verification.py::test_a_token_survives_a_new_password",
    ),
    (
        "only a digest of a reset token is stored",
        "auth/recovery/services.py",
        "            digest=_digest(token),",
        "            digest=token,",
        RECOVERY + "test_only_a_digest_of_the_token_is_stored",
    ),
    (
        "a login checks again after hashing that the password has not changed",
        "auth/sessions.py",
        '        .where(User.password_hash == sa.bindparam("password_hash"))\n',
        '        .where(sa.bindparam("password_hash", type_=sa.String()) != "")\n',
        "auth/test_login_meanwhile.py::test_who_changed_meanwhile_gets_no_session",
    ),
    # Guessing passwords and accounts
    (
        "a login is refused after ten failures",
        "auth/services.py",
        "    rate_limits.check(*limits)\n",
        "",
        THROTTLE + "test_after_ten_wrong_passwords_an_account_is_refused_even_the_right_one",
    ),
    (
        "guessing does not lock the owner out",
        "auth/services.py",
        "    if account is not None and account.ip_seen_at:\n",
        "    if False:\n",
        "auth/test_throttling_by_address.py::"
        "test_guessing_cannot_lock_the_owner_out_of_an_address_they_use",
    ),
    (
        "a password change is refused after ten wrong passwords",
        "users/services.py",
        "        rate_limits.hit(limit)\n",
        "",
        "auth/test_guessing_the_current_password.py::"
        "test_after_ten_wrong_current_passwords_even_the_right_one_is_refused",
    ),
    (
        "an unknown address costs a hash as well",
        "auth/services.py",
        "        passwords.dummy_verify(password)\n",
        "",
        "auth/test_enumeration.py::test_a_wrong_password_and_an_unknown_address_are_refused_alike",
    ),
    # Access
    (
        "`themselves` compares the id",
        "permissions.py",
        'return caller.user_id is not None and bool(caller.user_id == view_args["user_id"])',
        "return caller.user_id is not None",
        "users/test_edit.py::test_nobody_else_may_change_me",
    ),
    (
        "`an_admin` checks the role",
        "permissions.py",
        "    return caller.role == ADMIN\n",
        "    return caller.is_staff\n",
        "users/test_list.py::test_only_admins_see_the_list",
    ),
    (
        "an API key is limited to its scopes",
        "permissions.py",
        "        return scope in caller.scopes\n",
        "        return bool(caller.scopes)\n",
        "progress/test_who_sees_progress.py::test_a_machine_may_what_its_scopes_say",
    ),
    (
        "an instructor sees only learners of their own paths",
        "enrollments/services.py",
        ".where(Author.user_id == teacher_id, Enrollment.user_id == learner_id)",
        ".where(Enrollment.user_id == learner_id)",
        "progress/test_who_sees_progress.py::test_the_instructor_of_another_path_may_nothing",
    ),
    (
        "an instructor sees nothing of a learner who has left",
        "enrollments/services.py",
        "        .where(Enrollment.status != WITHDRAWN)\n        .limit(1)",
        "        .limit(1)",
        "progress/test_who_sees_progress.py::test_who_taught_me_may_nothing_after_i_leave",
    ),
    (
        "an instructor edits only paths of which they are an author",
        "paths/permissions.py",
        'Path.slug == args["path"], _authored(caller))',
        'Path.slug == args["path"])',
        "paths/test_author_paths.py::test_another_instructor_neither_sees_nor_changes_my_draft",
    ),
    (
        "an instructor edits only modules of their own paths",
        "modules/permissions.py",
        "sa.and_(_in_own_path(caller), ~in_another_path)",
        "_in_own_path(caller)",
        "modules/test_describe_modules.py::test_an_author_edits_what_stands_in_their_paths_only",
    ),
    (
        "an enrollment of another user is not found",
        "enrollments/permissions.py",
        "if not is_theirs and not _is_staff(caller, enrollment.path_slug):",
        "if False:",
        "enrollments/test_who_sees.py::test_to_others_it_is_not_there",
    ),
    (
        "the last admin cannot leave",
        "users/roles.py",
        "    if admins == [user_id]:\n",
        "    if False:\n",
        "users/test_roles.py::test_the_last_admin_cannot_go",
    ),
    (
        "of two admins who leave concurrently, one stays",
        "users/roles.py",
        "        .with_for_update()\n",
        "",
        "users/test_remove.py::test_of_two_admins_who_leave_at_once_one_stays",
    ),
    # Rules 1 to 5: permanent facts
    (
        "rule 2: a completed path stays completed on a new enrollment",
        "enrollments/services.py",
        "enrollment.status = COMPLETED if enrollment.completed_at else ACTIVE",
        "enrollment.status = ACTIVE",
        STICKY + "test_what_i_completed_is_completed_still_when_i_leave_and_return",
    ),
    (
        "rule 2: a completion stores the version of the path",
        "enrollments/completion.py",
        ", completed_path_version=version)",
        ")",
        STICKY + "test_rule_2_a_path_remembers_which_version_of_it_i_completed",
    ),
    (
        "rule 2: new content is shown on a completed path",
        "progress/rollup.py",
        "is_completed and percent not in (None, 100)",
        "False",
        STICKY + "test_rule_2_a_completed_path_with_something_new_stays_completed",
    ),
    (
        "rule 3: an edit completes the path",
        "paths/path_modules.py",
        "    signals.requirements_changed.send(Path, path=path.slug)\n",
        "",
        STICKY + "test_rule_3_removing_what_i_had_not_done_completes_the_path",
    ),
    (
        "rule 3: only for learners who have done the other modules",
        "progress/completion.py",
        ".correlate(Enrollment, PathModule)  #",
        "  #",
        STICKY + "test_rule_3_only_those_who_have_done_the_rest_themselves_complete_the_path",
    ),
    (
        "rule 3: and not for learners who have left",
        "enrollments/completion.py",
        ".where(Enrollment.status == ACTIVE, condition)\n        .values(status=COMPLETED",
        ".where(condition)\n        .values(status=COMPLETED",
        STICKY + "test_rule_3_who_has_left_is_not_completed_by_an_edit_but_on_return",
    ),
    (
        "rules 1 and 2: a path is completed once, whatever authors edit",
        "enrollments/completion.py",
        ".where(Enrollment.status == ACTIVE, condition)\n        .values(status=COMPLETED",
        ".where(condition)\n        .values(status=COMPLETED",
        STICKY + "test_rules_1_and_2_no_edit_changes_a_sticky_fact_or_loses_progress",
    ),
    (
        "rule 3: a report may complete a path",
        "progress/store.py",
        "complete_paths(before.user_id, [path.slug for path in before.paths])",
        "[]",
        "progress/test_stateful.py::test_the_rules_hold_whatever_people_do",
    ),
    (
        "rule 4: a revision outdates completions",
        "progress/rules/events.py",
        "return self.is_completed and (self.completed_revision or 0) < revision",
        "return self.is_completed and (self.completed_revision or 0) <= revision",
        FOLD + "test_rule_4_a_completion_is_outdated_once_the_module_is_revised",
    ),
    (
        "rule 5: the date is that of the first completion",
        "progress/rules/events.py",
        "earliest = _least(state.first_completed_at, event.occurred_at)",
        "earliest = _greatest(state.first_completed_at, event.occurred_at)",
        FOLD + "test_rule_5_completing_again_shows_the_first_date",
    ),
    (
        "rule 5: only a completed module has a date of completion",
        "progress/rules/events.py",
        "return self.first_completed_at if self.is_completed else None",
        "return self.first_completed_at",
        FOLD + "test_rules_5_and_6_dates_and_percent_follow_from_whether_it_is_completed",
    ),
    # Rule 6: percent
    (
        "rule 6: 100 exactly when everything required is done",
        "progress/rules/paths.py",
        "satisfied = sum(is_satisfied(statuses, module) for module in required)",
        "satisfied = sum(statuses.get(module, NOT_STARTED) != NOT_STARTED for module in required)",
        PATHS + "test_rule_6_percent_is_100_exactly_when_everything_required_is_done",
    ),
    (
        "rule 6: 1 where something is started",
        "progress/rules/paths.py",
        "return 1 if percent == 0 and is_started(path, statuses) else percent",
        "return percent",
        PATHS + "test_rule_6_percent_is_0_exactly_while_nothing_is_started",
    ),
    (
        "rule 6: percent is floored",
        "progress/rules/paths.py",
        "percent = 100 * satisfied // len(required)",
        "percent = round(100 * satisfied / len(required))",
        PATHS + "test_rule_6_percent_stays_between_0_and_100_and_is_the_floor",
    ),
    (
        "rule 6: 100 only when all is satisfied, waived too",
        "progress/rules/events.py",
        "SATISFYING = (COMPLETED, WAIVED)",
        "SATISFYING = (COMPLETED,)",
        "progress/test_waive_and_skip.py::test_a_waived_module_is_satisfied_everywhere",
    ),
    (
        "rule 6: percent is null where nothing is required",
        "progress/rules/paths.py",
        "    if not required:\n        return None\n",
        "    if not required:\n        return 100\n",
        PATHS + "test_rule_6_percent_is_null_exactly_when_nothing_is_required",
    ),
    (
        "rule 6: a module is at 100 only while completed",
        "progress/rules/events.py",
        "100 if self.is_completed else min(self.highest_percent, 99)",
        "100 if self.is_completed else self.highest_percent",
        FOLD + "test_rule_6_a_module_is_at_100_exactly_while_it_is_completed",
    ),
    # Rule 7: locks
    (
        "rule 7: locked only where every path locks it, not where any does",
        "progress/rules/paths.py",
        " if module not in unlocked}",
        "}",
        PATHS + "test_rule_7_a_module_is_locked_only_where_every_path_locks_it",
    ),
    (
        "rule 7: joining another path locks nothing that was open",
        "progress/rules/paths.py",
        "                unlocked.add(item.module)\n",
        "                pass\n",
        PATHS + "test_rule_7_joining_another_path_locks_nothing_that_was_open_in_mine",
    ),
    (
        "rule 7: what blocks is unfinished",
        "progress/rules/paths.py",
        "missing = [module for module in needs if not is_satisfied(statuses, module)]",
        "missing = needs",
        PATHS + "test_rule_7_what_blocks_a_module_is_unfinished_and_stands_in_the_path",
    ),
    (
        "the next module is unlocked and unfinished",
        "progress/rules/paths.py",
        "item.module not in locked and ",
        "",
        PATHS + "test_what_comes_next_is_open_and_unfinished",
    ),
    (
        "rule 7: prerequisites that left the path are ignored",
        "progress/rules/paths.py",
        "needs = [module for module in item.requires if module in present]",
        "needs = list(item.requires)",
        "progress/test_locks.py::test_a_prerequisite_that_is_gone_or_unpublished_is_ignored",
    ),
    (
        "rule 7: in a sequential path, the required module before comes first",
        "progress/rules/paths.py",
        "        if item.required:\n            previous = item.module\n",
        "        previous = item.module\n",
        PATHS
        + "test_rule_7_in_a_sequential_path_a_required_module_waits_for_the_required_one_before",
    ),
    (
        "rule 7: a free path has no sequence",
        "progress/rules/paths.py",
        "if path.is_sequential and item.required and previous",
        "if item.required and previous",
        PATHS + "test_rule_7_every_reason_of_every_path_is_told_once",
    ),
    (
        "rule 7: started work never locks again",
        "progress/rules/paths.py",
        "        if missing and statuses.get(item.module, NOT_STARTED) == NOT_STARTED:\n",
        "        if missing:\n",
        PATHS + "test_rule_7_started_work_never_locks_again_whatever_becomes_of_the_paths",
    ),
    (
        "rule 7: every missing module is listed once",
        "progress/rules/paths.py",
        "needs += [slug for slug in missing[item.module] if slug not in needs]",
        "needs += missing[item.module]",
        PATHS + "test_rule_7_every_reason_of_every_path_is_told_once",
    ),
    (
        "rule 7: a locked module refuses a direct write",
        "progress/services.py",
        "    if blocked_by:\n        raise ModuleLocked",
        "    if False:\n        raise ModuleLocked",
        WRITES + "test_rule_7_a_locked_module_refuses_a_direct_write_but_no_event",
    ),
    (
        "rule 7: staff bypass locks",
        "progress/services.py",
        "    if actor.bypasses_locks:\n        return\n",
        "",
        WRITES + "test_rule_7_staff_pass_a_lock",
    ),
    (
        "the next module is a required one before an optional one",
        "progress/rules/paths.py",
        "return min(open_modules, key=lambda item: not item.required, default=None)",
        "return next(iter(open_modules), None)",
        PATHS + "test_the_next_module_is_the_first_open_required_one_then_an_optional_one",
    ),
    # Rule 8: single reports
    (
        "rule 8: the latest report wins",
        "progress/services.py",
        "return max(now(), state.last_activity_at + TICK)",
        "return now()",
        WRITES + "test_rule_8_no_direct_write_is_lost_behind_an_event_from_a_fast_clock",
    ),
    (
        "rule 8: a repeat stores nothing",
        "progress/services.py",
        "    if before.has_progress and state.equivalent_to(before.state):\n"
        "        return store.unchanged(before)\n    store.append_event(before, event, actor)\n"
        "    return store.save(before, state)\n\n\ndef _report_past",
        "    store.append_event(before, event, actor)\n"
        "    return store.save(before, state)\n\n\ndef _report_past",
        WRITES + "test_rule_8_a_repeat_changes_nothing_and_leaves_nothing_behind",
    ),
    (
        "rule 8: reports of one learner are serialized",
        "users/services.py",
        "    .with_for_update(key_share=True)\n",
        "",
        RACES + "test_a_sum_of_many_reports_at_once_is_right",
    ),
    (
        "rule 8: on SQLite as well",
        "db/locks.py",
        'Query(sa.text("BEGIN IMMEDIATE"))',
        'Query(sa.text("BEGIN DEFERRED"))',
        RACES + "test_a_sum_of_many_reports_at_once_is_right",
    ),
    (
        "rule 8: an event after all others wins",
        "progress/rules/events.py",
        'changes["last_reopened_at"] = _greatest(',
        'changes["last_reopened_at"] = _least(',
        FOLD + "test_rule_8_what_comes_after_everything_known_has_the_last_word",
    ),
    # Rule 9: the fold
    (
        "rule 9: applying events one by one equals the fold",
        "progress/rules/events.py",
        "            first_completed_at=state.first_completed_at,\n",
        "",
        FOLD + "test_rule_9_one_by_one_comes_to_the_same_as_all_at_once",
    ),
    (
        "rule 9: events keep skipped",
        "progress/rules/events.py",
        "            skipped_at=state.skipped_at,\n",
        "",
        FOLD + "test_rule_9_waived_and_skipped_come_out_as_they_went_in",
    ),
    (
        "rule 9: at equal times completed wins",
        "progress/rules/events.py",
        "self.last_completed_at >= self.last_reopened_at",
        "self.last_completed_at > self.last_reopened_at",
        FOLD + "test_rule_9_at_the_same_time_completed_wins_over_reopened",
    ),
    (
        "rule 9: the same event counts once",
        "progress/rules/events.py",
        "    events = {event.id: event for event in events}.values()\n",
        "    events = list(events)\n",
        FOLD + "test_rule_9_any_order_and_repetition_comes_to_the_same",
    ),
    (
        "rule 9: the latest position, then by id",
        "progress/rules/events.py",
        "return (event.occurred_at, event.id) > (state.position_at, state.position_id)",
        "return event.occurred_at >= state.position_at",
        FOLD + "test_rule_9_any_order_and_repetition_comes_to_the_same",
    ),
    (
        "rule 9: an event before a reset counts for the first completion only",
        "progress/rules/events.py",
        "if state.reset_at is not None and event.occurred_at <= state.reset_at:",
        "if False:",
        FOLD + "test_rule_9_the_fold_is_what_the_rule_says_of_the_whole_set",
    ),
    (
        "rule 9: a reset keeps waivers",
        "progress/rules/events.py",
        "            waived_at=state.waived_at,\n",
        "",
        FOLD + "test_rule_9_no_event_touches_what_is_waived_or_skipped",
    ),
    (
        "rule 9: the same id with another content is a conflict",
        "progress/events/ingest.py",
        "        if stored == digest:\n",
        "        if stored:\n",
        WRITES + "test_rule_9_the_same_id_with_another_content_is_a_conflict",
    ),
    (
        "rule 9: an event is at most 5 minutes in the future",
        "progress/services.py",
        "    if occurred_at > now() + FUTURE_MAX:\n",
        "    if False:\n",
        WRITES + "test_rule_9_a_time_that_cannot_be_is_refused",
    ),
    # Rules 10 to 12
    (
        "rule 10: a day is that of the learner's time zone",
        "progress/store.py",
        "event.occurred_at.astimezone(ZoneInfo(timezone)).date()",
        "event.occurred_at.date()",
        "progress/test_days.py::test_rule_10_the_local_date_is_that_of_my_timezone_and_stays",
    ),
    (
        "rule 10: a streak is alive until the end of tomorrow",
        "activity/rules.py",
        "previous >= today - DAY",
        "previous >= today",
        "progress/test_days.py::test_rule_10_a_streak_is_alive_until_the_end_of_tomorrow",
    ),
    (
        "rule 10: a day counts once",
        "activity/rules.py",
        "sorted(set(dates))",
        "sorted(dates)",
        "progress/test_days.py::test_rule_10_a_streak_is_a_function_of_distinct_dates",
    ),
    (
        "rule 11: progress is erased with the user",
        "progress/listeners.py",
        "    erasure.erase_progress(user_id)\n",
        "",
        "users/test_erasure.py::test_a_stub_that_only_i_still_use_goes_with_me",
    ),
    (
        "rule 12: a completion is signalled once",
        "progress/store.py",
        "    if after.is_completed and not before.is_completed:\n",
        "    if after.is_completed:\n",
        "progress/test_announcements.py::test_rule_12_completing_a_module_is_announced_once",
    ),
    (
        "rule 3: a report waits for an edit of the path",
        "progress/completion.py",
        "    enrollments = {row.path_slug: row for row in completion.lock_active(user_id, paths)}\n"
        "    outlines = [path for path in queries.active_paths(user_id)",
        "    unlocked = queries.active_paths(user_id)\n"
        "    enrollments = {row.path_slug: row for row in completion.lock_active(user_id, paths)}\n"
        "    outlines = [path for path in unlocked",
        RACES + "test_rule_3_a_report_that_waits_for_an_edit_sees_what_that_has_left",
    ),
    # Authoring
    (
        "a path that cannot be completed is not published",
        "paths/publication.py",
        "    check_completable(path, modules_of(path))\n    if path.status != PUBLISHED:",
        "    if path.status != PUBLISHED:",
        "paths/test_publish.py::test_a_path_that_nobody_can_complete_is_not_published",
    ),
    (
        "a published path stays completable when it is edited",
        "paths/path_modules.py",
        "    if path.status == PUBLISHED:\n",
        "    if False:\n",
        "paths/test_order_modules.py::test_a_published_path_always_can_be_completed",
    ),
    (
        "a published path stays completable when a module is archived",
        "paths/publication.py",
        "            check_completable(path, modules_of(path))\n",
        "            pass\n",
        "modules/test_describe_modules.py::test_a_required_module_of_a_published_path_stays_published",
    ),
    (
        "a published path stays completable under concurrent edits",
        "paths/services.py",
        "        db.session.execute(rows.with_for_update(read=True))\n",
        "",
        AT_ONCE + "test_what_an_author_is_just_putting_in_is_not_archived",
    ),
    (
        "modules do not require each other in a cycle",
        "paths/path_modules.py",
        "    check_acyclic(path, modules)\n",
        "",
        "paths/test_order_modules.py::test_modules_never_require_each_other_in_a_circle",
    ),
    (
        "a draft of another author is unknown",
        "paths/path_modules.py",
        "Module.status != UNCATALOGUED, readable",
        "Module.status != UNCATALOGUED",
        "paths/test_order_modules.py::"
        "test_a_draft_that_i_do_not_see_is_as_unknown_to_me_as_none_at_all",
    ),
    (
        "an archived path takes no enrollments",
        "enrollments/services.py",
        "    if status == ARCHIVED:\n        raise PathArchived",
        "    if False:\n        raise PathArchived",
        "paths/test_publish.py::test_an_archived_path_takes_nobody_on",
    ),
    (
        "a required module cannot be skipped",
        "progress/exemptions/services.py",
        "    if not path_modules or any(item.required for item in path_modules):\n",
        "    if not path_modules:\n",
        "progress/test_waive_and_skip.py::test_what_is_required_is_not_left_out",
    ),
    # Batches, merges, invitations, reports
    (
        "rule 9: an event is a duplicate within its batch",
        "progress/events/ingest.py",
        "        self.digests[event.id] = digest\n",
        "",
        BATCHES + "test_each_event_gets_a_result_and_a_bad_one_stops_no_other",
    ),
    (
        "rule 9: a batch continues from the stored state",
        "progress/events/ingest.py",
        "self.after.get(module) or self.before.get(module) or State()",
        "self.after.get(module) or State()",
        "progress/test_any_order.py",
    ),
    (
        "rule 9: a batch is stored completely or not at all",
        "progress/events/ingest.py",
        "        upsert_states({(self.user_id",
        "        db.session.commit()\n        upsert_states({(self.user_id",
        BATCHES + "test_a_batch_that_breaks_leaves_nothing_behind",
    ),
    (
        "rule 9: batches of one learner are serialized",
        "progress/events/ingest.py",
        "learner = users.lock_user(user_id)",
        "learner = users.get_profile(user_id)",
        DEVICES + "test_rule_9_two_devices_with_the_same_queue_apply_each_event_once",
    ),
    (
        "rule 9: a merge folds the events of both modules",
        "progress/merge.py",
        "    events = queries.events_by_module(own_events, Event.module_slug == into)\n",
        "    events = queries.events_by_module(own_events, Event.module_slug == stub)\n",
        "modules/test_merge_stubs.py",
    ),
    (
        "rule 12: a merge sends the signals of completions",
        "progress/merge.py",
        "        emit_signals(*key, before.get(key, State()), state)\n",
        "        pass\n",
        "modules/test_merge_stubs.py::test_what_a_merge_completes_or_takes_back_is_announced_once",
    ),
    (
        "an unconfirmed address accepts no invitation",
        "enrollments/listeners.py",
        '    if not current_app.config["REQUIRE_VERIFIED_EMAIL"]:\n',
        "    if True:\n",
        CLASSES + "test_where_addresses_are_confirmed_who_was_invited_joins_then",
    ),
    (
        "a spreadsheet runs no formula in a name",
        "reports/csv_export.py",
        r"[{STARTS}\t\r\n]",
        "[=]",
        "reports/test_table.py::"
        "test_a_csv_reader_reads_every_name_back_and_a_spreadsheet_runs_none",
    ),
    (
        "a spreadsheet runs no formula after a separator",
        "reports/csv_export.py",
        r"(?<=[;\t\r\n])",
        r"(?<=[\t\r\n])",
        "reports/test_table.py::test_a_spreadsheet_that_separates_otherwise_runs_none_either",
    ),
    # Operating
    (
        "metrics need the token",
        "observability/metrics.py",
        "not hmac.compare_digest(authorization, expected)",
        "not authorization",
        METRICS + "test_nobody_else_reads_them",
    ),
    (
        "metrics contain routes, not URLs",
        "observability/metrics.py",
        "request.url_rule.rule if",
        "request.path if",
        METRICS + "test_requests_are_counted_by_route_and_never_by_address",
    ),
]

MUTATIONS = [Mutation(*row) for row in ROWS]
