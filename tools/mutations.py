"""Mistakes that `python -m tools.mutate` seeds one by one, and the test that must notice each.

A row names what is promised, the file under `learnpath/`, the guard as it stands there (once),
what is put in its place, and the test under `tests/`.
"""

from typing import NamedTuple


class Mutation(NamedTuple):
    """One seeded mistake."""

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
CHECKS = "progress/test_check_and_import.py::"
CLASSES = "enrollments/test_whole_classes.py::"
AT_ONCE = "paths/test_at_once.py::"
TROUBLE = "trouble/test_when_the_database_says_no.py::"
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
        "a token expires, also one that is remembered",
        "auth/tokens.py",
        "not moment - LEEWAY < claims.expires_at <= moment",
        "not claims.expires_at <= moment",
        TOKENS + "test_a_token_expires_after_its_hour_and_a_minute_for_the_clocks",
    ),
    (
        "no token lives longer than ours",
        "auth/tokens.py",
        " <= moment + lifetime() + LEEWAY:",
        ":",
        CLAIMS + "test_a_false_claim_is_refused",
    ),
    (
        "the account is asked every time whether it is active",
        "auth/services.py",
        ', User.status == ACTIVE)\n        .where(Session.id == sa.bindparam("session_id"))',
        ')\n        .where(Session.id == sa.bindparam("session_id"))',
        REFRESH + "test_an_account_deactivated_in_the_database_alone_is_locked_out_at_once",
    ),
    (
        "a token opens its own session only",
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
        "if counter != session.counter and not is_repeated:",
        "if False:",
        REFRESH + "test_a_token_spent_twice_ends_the_device_and_no_other",
    ),
    (
        "reuse ends the session, also though it is refused",
        "auth/sessions.py",
        "        db.session.commit()  # must outlive the refusal\n",
        "",
        REFRESH + "test_a_token_from_before_the_last_two_ends_the_device_at_once",
    ),
    (
        "the grace ends after 10 seconds",
        "auth/sessions.py",
        "counter == session.counter - 1 and moment - session.last_refreshed_at <= _grace()",
        "counter == session.counter - 1",
        REFRESH + "test_a_token_spent_twice_ends_the_device_and_no_other",
    ),
    (
        "refreshes of one session come one after the other",
        "auth/sessions.py",
        "        .with_for_update(of=Session)\n",
        "",
        REFRESH_AT_ONCE + "test_a_slow_refresh_takes_no_later_one_back",
    ),
    (
        "a refresh token cannot be made up",
        "auth/sessions.py",
        "    if not any(hmac.compare_digest(proof, known) for known in proofs):\n",
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
        "a refresh asks the account whether it is active",
        "auth/sessions.py",
        "Session.expires_at > now(), User.status == ACTIVE)",
        "Session.expires_at > now())",
        REFRESH + "test_an_account_deactivated_in_the_database_alone_is_locked_out_at_once",
    ),
    (
        "a new password ends all other sessions",
        "auth/listeners.py",
        "    sessions.end_sessions(user_id, but=by.session_id if by else None)\n",
        "",
        SESSIONS + "test_a_new_password_ends_every_device_but_the_one_that_set_it",
    ),
    # Proofs by mail
    (
        "a reset token is good once",
        "auth/recovery.py",
        "        sa.delete(OneTimeToken).where(*_good(token, purpose))"
        ".returning(OneTimeToken.bound_to)",
        "        sa.select(OneTimeToken.bound_to).where(*_good(token, purpose))",
        "auth/test_verification.py::test_a_token_confirms_once",
    ),
    (
        "a reset token dies with the password",
        "auth/recovery.py",
        " or bound_to != _subject(purpose, account)",
        "",
        RECOVERY + "test_a_token_dies_when_the_password_changes_meanwhile",
    ),
    (
        "a reset token is good for ten minutes",
        "auth/recovery.py",
        "        OneTimeToken.expires_at > now(),\n",
        "",
        RECOVERY + "test_a_token_is_good_for_ten_minutes",
    ),
    (
        "a confirmation is bound to the address and to nothing else",
        "auth/recovery.py",
        "return _digest(account.password_hash if purpose == RESET else account.email)",
        "return _digest(account.password_hash)",
        "auth/test_verification.py::test_a_token_survives_a_new_password",
    ),
    (
        "only a digest of a reset token is stored",
        "auth/recovery.py",
        "            digest=_digest(token),",
        "            digest=token,",
        RECOVERY + "test_only_a_digest_of_the_token_is_stored",
    ),
    (
        "a login asks after the hash whether the password is still the same",
        "auth/sessions.py",
        '        .where(User.password_hash == sa.bindparam("password_hash"))\n',
        '        .where(sa.bindparam("password_hash", type_=sa.String()) != "")\n',
        "auth/test_login_meanwhile.py::test_who_changed_meanwhile_gets_no_session",
    ),
    # Guessing, and finding out who has an account
    (
        "ten failed logins are enough",
        "auth/services.py",
        "    throttle.refuse_if_exhausted(*bounds)\n",
        "",
        THROTTLE + "test_after_ten_wrong_passwords_an_account_is_refused_even_the_right_one",
    ),
    (
        "nobody locks the owner out by guessing",
        "auth/services.py",
        "    if account is not None and account.address_seen_at:\n",
        "    if False:\n",
        "auth/test_throttling_by_address.py::"
        "test_guessing_cannot_lock_the_owner_out_of_an_address_they_use",
    ),
    (
        "ten wrong current passwords are enough",
        "users/editing.py",
        "        throttle.count(bound)\n",
        "",
        "auth/test_guessing_the_current_password.py::"
        "test_after_ten_wrong_current_passwords_even_the_right_one_is_refused",
    ),
    (
        "an unknown address takes a hash too",
        "auth/services.py",
        "        passwords.spend_the_time_of_a_check(password)\n",
        "",
        "auth/test_enumeration.py::test_a_wrong_password_and_an_unknown_address_are_refused_alike",
    ),
    # Access
    (
        "a place is one's own by id",
        "permissions.py",
        'return caller.user_id is not None and bool(caller.user_id == place["user_id"])',
        "return caller.user_id is not None",
        "users/test_edit.py::test_nobody_else_may_change_me",
    ),
    (
        "an admin is an admin",
        "permissions.py",
        "    return caller.role == ADMIN\n",
        "    return caller.is_staff\n",
        "users/test_list.py::test_only_admins_see_the_list",
    ),
    (
        "a key does what its scopes say",
        "permissions.py",
        "        return scope in caller.scopes\n",
        "        return bool(caller.scopes)\n",
        "progress/test_who_sees_progress.py::test_a_machine_may_what_its_scopes_say",
    ),
    (
        "an instructor sees the learners of their own paths",
        "enrollments/services.py",
        ".where(Author.user_id == teacher_id, Enrollment.user_id == learner_id)",
        ".where(Enrollment.user_id == learner_id)",
        "progress/test_who_sees_progress.py::test_the_instructor_of_another_path_may_nothing",
    ),
    (
        "who taught me sees nothing after I leave",
        "enrollments/services.py",
        "        .where(Enrollment.status != WITHDRAWN)\n        .limit(1)",
        "        .limit(1)",
        "progress/test_who_sees_progress.py::test_who_taught_me_may_nothing_after_i_leave",
    ),
    (
        "an instructor edits the paths that name them",
        "paths/permissions.py",
        'Path.slug == place["path"], _authored(caller))',
        'Path.slug == place["path"])',
        "paths/test_author_paths.py::test_another_instructor_neither_sees_nor_changes_my_draft",
    ),
    (
        "an instructor edits modules of their paths alone",
        "paths/permissions.py",
        "sa.and_(_in_own_path(caller), ~in_another_path)",
        "_in_own_path(caller)",
        "paths/test_describe_modules.py::test_an_author_edits_what_stands_in_their_paths_only",
    ),
    (
        "an enrollment of somebody else is not there",
        "enrollments/permissions.py",
        "if not is_theirs and not _is_staff(caller, enrollment.path_slug):",
        "if False:",
        "enrollments/test_who_sees.py::test_to_others_it_is_not_there",
    ),
    (
        "the last admin stays",
        "users/standing.py",
        "    if admins == [user_id]:\n",
        "    if False:\n",
        "users/test_roles.py::test_the_last_admin_cannot_go",
    ),
    (
        "of two admins who leave at once one stays",
        "users/standing.py",
        "        .with_for_update()\n",
        "",
        "users/test_remove.py::test_of_two_admins_who_leave_at_once_one_stays",
    ),
    # Rules 1 to 5: what is sticky
    (
        "rule 2: what is completed stays completed on return",
        "enrollments/services.py",
        "enrollment.status = COMPLETED if enrollment.completed_at else ACTIVE",
        "enrollment.status = ACTIVE",
        STICKY + "test_what_i_completed_is_completed_still_when_i_leave_and_return",
    ),
    (
        "rule 2: the completion remembers the version",
        "enrollments/completing.py",
        ", completed_path_version=version)",
        ")",
        STICKY + "test_rule_2_a_path_remembers_which_version_of_it_i_completed",
    ),
    (
        "rule 2: new content is told where a completed path is behind",
        "progress/overview.py",
        "return is_done and percent is not None and percent < 100",
        "return False",
        STICKY + "test_rule_2_a_completed_path_with_something_new_stays_completed",
    ),
    (
        "rule 3: an edit completes the path",
        "paths/arranging.py",
        "    signals.requirements_changed.send(Path, path=path.slug)\n",
        "",
        STICKY + "test_rule_3_removing_what_i_had_not_done_completes_the_path",
    ),
    (
        "rule 3: for those who have done the rest themselves",
        "progress/completing.py",
        ".correlate(Enrollment, Membership)  #",
        "  #",
        STICKY + "test_rule_3_only_those_who_have_done_the_rest_themselves_complete_the_path",
    ),
    (
        "rule 3: and not for those who have left",
        "enrollments/completing.py",
        ".where(Enrollment.status == ACTIVE, which)\n        .values(status=COMPLETED",
        ".where(which)\n        .values(status=COMPLETED",
        STICKY + "test_rule_3_who_has_left_is_not_completed_by_an_edit_but_on_return",
    ),
    (
        "rules 1 and 2: what is completed is completed once, whatever authors do",
        "enrollments/completing.py",
        ".where(Enrollment.status == ACTIVE, which)\n        .values(status=COMPLETED",
        ".where(which)\n        .values(status=COMPLETED",
        STICKY + "test_rules_1_and_2_no_edit_changes_a_sticky_fact_or_loses_progress",
    ),
    (
        "rule 3: a report is judged whatever people do",
        "progress/writing.py",
        "judge_learner(standing.user_id, followed))",
        "[])",
        "progress/test_stateful.py::test_the_rules_hold_whatever_people_do",
    ),
    (
        "rule 4: a revision outdates completions",
        "progress/services.py",
        "return state.is_completed and (state.completed_revision or 0) < revision",
        "return state.is_completed and (state.completed_revision or 0) <= revision",
        FOLD + "test_rule_4_a_completion_is_outdated_once_the_module_is_revised",
    ),
    (
        "rule 5: the date is that of the first completion",
        "progress/rules/modules.py",
        "earliest = _earliest(state.first_completed_at, event.occurred_at)",
        "earliest = _latest(state.first_completed_at, event.occurred_at)",
        FOLD + "test_rule_5_completing_again_shows_the_first_date",
    ),
    (
        "rule 5: a date of completion is that of something completed",
        "progress/rules/modules.py",
        "return self.first_completed_at if self.is_completed else None",
        "return self.first_completed_at",
        FOLD + "test_rules_5_and_6_dates_and_percent_follow_from_whether_it_is_completed",
    ),
    # Rule 6: percent
    (
        "rule 6: 100 exactly when everything required is done",
        "progress/rules/paths.py",
        "satisfied = sum(is_satisfied(work, module) for module in required)",
        "satisfied = sum(work.get(module, NOT_STARTED) != NOT_STARTED for module in required)",
        PATHS + "test_rule_6_percent_is_100_exactly_when_everything_required_is_done",
    ),
    (
        "rule 6: 1 where something is started",
        "progress/rules/paths.py",
        "return 1 if percent == 0 and is_begun(course, work) else percent",
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
        "progress/rules/modules.py",
        "SATISFYING = (COMPLETED, WAIVED)",
        "SATISFYING = (COMPLETED,)",
        "progress/test_waive_and_skip.py::test_a_waived_module_is_satisfied_everywhere",
    ),
    (
        "rule 6: null where nothing is required",
        "progress/rules/paths.py",
        "    if not required:\n        return None\n",
        "    if not required:\n        return 100\n",
        PATHS + "test_rule_6_percent_is_null_exactly_when_nothing_is_required",
    ),
    (
        "rule 6: a module is at 100 only while completed",
        "progress/rules/modules.py",
        "100 if self.is_completed else min(self.highest_percent, 99)",
        "100 if self.is_completed else self.highest_percent",
        FOLD + "test_rule_6_a_module_is_at_100_exactly_while_it_is_completed",
    ),
    # Rule 7: locks
    (
        "rule 7: locked only where every path locks it, not where any does",
        "progress/rules/paths.py",
        " if module not in free}",
        "}",
        PATHS + "test_rule_7_a_module_is_locked_only_where_every_path_locks_it",
    ),
    (
        "rule 7: joining another path locks nothing that was open",
        "progress/rules/paths.py",
        "                free.add(place.module)\n",
        "                pass\n",
        PATHS + "test_rule_7_joining_another_path_locks_nothing_that_was_open_in_mine",
    ),
    (
        "rule 7: what blocks is unfinished",
        "progress/rules/paths.py",
        "missing = [module for module in needs if not is_satisfied(work, module)]",
        "missing = needs",
        PATHS + "test_rule_7_what_blocks_a_module_is_unfinished_and_stands_in_the_path",
    ),
    (
        "what comes next is open and unfinished",
        "progress/rules/paths.py",
        "place.module not in locked and ",
        "",
        PATHS + "test_what_comes_next_is_open_and_unfinished",
    ),
    (
        "rule 7: prerequisites that are gone are ignored",
        "progress/rules/paths.py",
        "needs = [module for module in place.requires if module in present]",
        "needs = list(place.requires)",
        "progress/test_locks.py::test_a_prerequisite_that_is_gone_or_unpublished_is_ignored",
    ),
    (
        "rule 7: in a sequence the required one before comes first",
        "progress/rules/paths.py",
        "        if place.required:\n            before = place.module\n",
        "        before = place.module\n",
        PATHS
        + "test_rule_7_in_a_sequential_path_a_required_module_waits_for_the_required_one_before",
    ),
    (
        "rule 7: a free path has no sequence",
        "progress/rules/paths.py",
        "if course.is_sequential and place.required and before",
        "if place.required and before",
        PATHS + "test_rule_7_every_reason_of_every_path_is_told_once",
    ),
    (
        "rule 7: started work never locks again",
        "progress/rules/paths.py",
        "        if missing and work.get(place.module, NOT_STARTED) == NOT_STARTED:\n",
        "        if missing:\n",
        PATHS + "test_rule_7_started_work_never_locks_again_whatever_becomes_of_the_paths",
    ),
    (
        "rule 7: every reason is told once",
        "progress/rules/paths.py",
        "known += [one for one in in_this_path[place.module] if one not in known]",
        "known += in_this_path[place.module]",
        PATHS + "test_rule_7_every_reason_of_every_path_is_told_once",
    ),
    (
        "rule 7: a locked module refuses a direct write",
        "progress/reporting.py",
        "    if blocked_by:\n        raise ModuleLocked",
        "    if False:\n        raise ModuleLocked",
        WRITES + "test_rule_7_a_locked_module_refuses_a_direct_write_but_no_event",
    ),
    (
        "rule 7: staff pass",
        "progress/reporting.py",
        "    if by.is_trusted:\n        return\n",
        "",
        WRITES + "test_rule_7_staff_pass_a_lock",
    ),
    (
        "what comes next is required first, then optional",
        "progress/rules/paths.py",
        "        if place.required:\n            return place\n",
        "        return place\n",
        PATHS + "test_the_next_module_is_the_first_open_required_one_then_an_optional_one",
    ),
    # Rule 8: direct writes
    (
        "rule 8: a direct write has the last word",
        "progress/reporting.py",
        "return max(now(), state.last_activity_at + STEP)",
        "return now()",
        WRITES + "test_rule_8_no_direct_write_is_lost_behind_an_event_from_a_fast_clock",
    ),
    (
        "rule 8: a repeat leaves nothing behind",
        "progress/reporting.py",
        "    if standing.is_recorded and after.says_the_same_as(standing.state):\n",
        "    if False:\n",
        WRITES + "test_rule_8_a_repeat_changes_nothing_and_leaves_nothing_behind",
    ),
    (
        "rule 8: one learner's writes come one after the other",
        "users/services.py",
        "    .with_for_update(key_share=True)\n",
        "",
        RACES + "test_a_sum_of_many_reports_at_once_is_right",
    ),
    (
        "rule 8: on SQLite too",
        "database.py",
        'Prepared(sa.text("BEGIN IMMEDIATE"))',
        'Prepared(sa.text("BEGIN DEFERRED"))',
        RACES + "test_a_sum_of_many_reports_at_once_is_right",
    ),
    (
        "rule 8: what comes after everything known has the last word",
        "progress/rules/modules.py",
        'changes["last_reopened_at"] = _latest(',
        'changes["last_reopened_at"] = _earliest(',
        FOLD + "test_rule_8_what_comes_after_everything_known_has_the_last_word",
    ),
    # Rule 9: the fold
    (
        "rule 9: one by one comes to the same as all at once",
        "progress/rules/modules.py",
        "            first_completed_at=state.first_completed_at,\n",
        "",
        FOLD + "test_rule_9_one_by_one_comes_to_the_same_as_all_at_once",
    ),
    (
        "rule 9: skipped comes out as it went in",
        "progress/rules/modules.py",
        "            skipped_at=state.skipped_at,\n",
        "",
        FOLD + "test_rule_9_waived_and_skipped_come_out_as_they_went_in",
    ),
    (
        "rule 9: at equal times completed wins",
        "progress/rules/modules.py",
        "self.last_completed_at >= self.last_reopened_at",
        "self.last_completed_at > self.last_reopened_at",
        FOLD + "test_rule_9_at_the_same_time_completed_wins_over_reopened",
    ),
    (
        "rule 9: the same event counts once",
        "progress/rules/modules.py",
        "    events = {event.id: event for event in events}.values()\n",
        "    events = list(events)\n",
        FOLD + "test_rule_9_any_order_and_repetition_comes_to_the_same",
    ),
    (
        "rule 9: the latest position, then by id",
        "progress/rules/modules.py",
        "return (event.occurred_at, event.id) > (state.position_at, state.position_id)",
        "return event.occurred_at >= state.position_at",
        FOLD + "test_rule_9_any_order_and_repetition_comes_to_the_same",
    ),
    (
        "rule 9: what came before a reset counts for the first completion only",
        "progress/rules/modules.py",
        "if state.reset_at is not None and event.occurred_at <= state.reset_at:",
        "if False:",
        FOLD + "test_rule_9_the_fold_is_what_the_rule_says_of_the_whole_set",
    ),
    (
        "rule 9: a reset leaves waivers alone",
        "progress/rules/modules.py",
        "            waived_at=state.waived_at,\n",
        "",
        FOLD + "test_rule_9_no_event_touches_what_is_waived_or_skipped",
    ),
    (
        "rule 9: the same id with another content is a conflict",
        "progress/batches.py",
        "            if known == digest_of(module, event):\n",
        "            if known:\n",
        WRITES + "test_rule_9_the_same_id_with_another_content_is_a_conflict",
    ),
    (
        "rule 9: nothing happens more than 5 minutes ahead",
        "progress/reporting.py",
        "    if occurred_at > now() + FUTURE_MAX:\n",
        "    if False:\n",
        WRITES + "test_rule_9_a_time_that_cannot_be_is_refused",
    ),
    # Rules 10 to 12
    (
        "rule 10: a day is that of the learner's time zone",
        "progress/writing.py",
        "event.occurred_at.astimezone(ZoneInfo(timezone)).date()",
        "event.occurred_at.date()",
        "progress/test_days.py::test_rule_10_the_local_date_is_that_of_my_timezone_and_stays",
    ),
    (
        "rule 10: a streak is alive until the end of tomorrow",
        "activity/rules.py",
        "before >= today - DAY",
        "before >= today",
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
        "rule 11: what somebody did goes with them",
        "progress/listeners.py",
        "    erasing.forget_learner(user_id)\n",
        "",
        "users/test_erasure.py::test_a_stub_that_only_i_still_use_goes_with_me",
    ),
    (
        "rule 12: a completion is announced once",
        "progress/writing.py",
        "    if after.is_completed and not before.is_completed:\n",
        "    if after.is_completed:\n",
        "progress/test_announcements.py::test_rule_12_completing_a_module_is_announced_once",
    ),
    (
        "rule 3: a report waits for an edit of the path, then looks",
        "progress/completing.py",
        "    active = {one.path_slug: one for one in enrollments.lock_active(user_id, paths)}\n"
        "    courses = [course for course in facts.courses_followed(user_id)",
        "    known = facts.courses_followed(user_id)\n"
        "    active = {one.path_slug: one for one in enrollments.lock_active(user_id, paths)}\n"
        "    courses = [course for course in known",
        RACES + "test_rule_3_a_report_that_waits_for_an_edit_sees_what_that_has_left",
    ),
    # Authoring
    (
        "a path that nobody could complete is not published",
        "paths/authoring.py",
        "    refuse_uncompletable(path, steps_of(path))\n    if path.status != PUBLISHED:",
        "    if path.status != PUBLISHED:",
        "paths/test_publish.py::test_a_path_that_nobody_can_complete_is_not_published",
    ),
    (
        "a published path stays completable when it is edited",
        "paths/arranging.py",
        "    if path.status == PUBLISHED:\n",
        "    if False:\n",
        "paths/test_order_modules.py::test_a_published_path_always_can_be_completed",
    ),
    (
        "and when one of its modules is hidden",
        "paths/describing.py",
        "            refuse_uncompletable(path, steps_of(path))\n",
        "            pass\n",
        "paths/test_describe_modules.py::test_a_required_module_of_a_published_path_stays_published",
    ),
    (
        "and when that happens at the same instant",
        "paths/authoring.py",
        "        db.session.execute(held.with_for_update(read=True))\n",
        "",
        AT_ONCE + "test_what_an_author_is_just_putting_in_is_not_archived",
    ),
    (
        "modules never require each other in a circle",
        "paths/arranging.py",
        "    refuse_cycle(path, steps)\n",
        "",
        "paths/test_order_modules.py::test_modules_never_require_each_other_in_a_circle",
    ),
    (
        "a draft of somebody else is unknown",
        "paths/arranging.py",
        "Module.status != UNCATALOGUED, readable",
        "Module.status != UNCATALOGUED",
        "paths/test_order_modules.py::"
        "test_a_draft_that_i_do_not_see_is_as_unknown_to_me_as_none_at_all",
    ),
    (
        "an import waits for an author",
        "paths/importing.py",
        'return lock_path(about["slug"]), is_new',
        'return db.session.get_one(Path, about["slug"]), is_new',
        AT_ONCE + "test_an_import_waits_for_an_author_and_has_the_last_word",
    ),
    (
        "an edit names the version that it is of",
        "paths/routes.py",
        "        blp.check_etag(current, PathSchema)\n        if query",
        "        if query",
        "paths/test_versions_of_an_answer.py",
    ),
    (
        "nobody joins an archived path",
        "enrollments/services.py",
        "    if status == ARCHIVED:\n        raise PathArchived",
        "    if False:\n        raise PathArchived",
        "paths/test_publish.py::test_an_archived_path_takes_nobody_on",
    ),
    (
        "what is required is not skipped",
        "progress/exempting.py",
        "    if not places or any(place.required for place in places):\n",
        "    if not places:\n",
        "progress/test_waive_and_skip.py::test_what_is_required_is_not_left_out",
    ),
    # Offline clients, whole classes, insight
    (
        "an event that was taken in is a duplicate in the same batch",
        "progress/batches.py",
        "        self.digests[event.id] = digest_of(module, event)\n",
        "",
        BATCHES + "test_each_event_gets_a_result_and_a_bad_one_stops_no_other",
    ),
    (
        "a batch goes on from what is known",
        "progress/batches.py",
        "self.after.get(module) or self.before.get(module) or State()",
        "self.after.get(module) or State()",
        "progress/test_any_order.py",
    ),
    (
        "a batch is whole or not at all",
        "progress/batches.py",
        "        write_rows({(self.user_id",
        "        db.session.commit()\n        write_rows({(self.user_id",
        BATCHES + "test_a_batch_that_breaks_leaves_nothing_behind",
    ),
    (
        "what became of a batch is counted in the log",
        "progress/batches.py",
        '    logger.info("batch of user',
        '    logger.debug("batch of user',
        BATCHES + "test_what_became_of_a_batch_is_counted_in_the_log_and_not_stored",
    ),
    (
        "nothing happened before 1970",
        "progress/reporting.py",
        "    if occurred_at < EPOCH:\n",
        "    if False:\n",
        BATCHES + "test_nothing_happened_before_1970",
    ),
    (
        "paths are completed in one go, however many",
        "progress/completing.py",
        "enrollments.complete(Enrollment.id.in_([active[slug].id for slug in completed]))",
        "[enrollments.complete(Enrollment.id == active[slug].id) for slug in completed]",
        "progress/test_queries.py::test_a_batch_takes_as_many_statements_whatever_the_size",
    ),
    (
        "two devices of one learner go one after the other",
        "progress/batches.py",
        "learner = users.lock_user(user_id)",
        "learner = users.get_profile(user_id)",
        DEVICES + "test_rule_9_two_devices_with_the_same_queue_apply_each_event_once",
    ),
    (
        "a module stays while a batch about it comes in",
        "progress/batches.py",
        "            .with_for_update(read=True, key_share=True)  # nobody deletes them",
        "            # nobody deletes them",
        DEVICES + "test_a_module_that_is_deleted_while_a_batch_arrives_breaks_nothing",
    ),
    (
        "a merge takes learners before modules, as reports do",
        "progress/merging.py",
        "    _lock_learners(stub_slug)  # a report takes its learner first, then the module\n",
        "",
        DEVICES + "test_a_merge_waits_for_who_is_just_reporting",
    ),
    (
        "a merge folds both histories",
        "progress/merging.py",
        "    happened = _events_of(learners, into)\n",
        "    happened = _events_of(learners, stub)\n",
        "modules/test_merge_stubs.py",
    ),
    (
        "what a merge completes is announced",
        "progress/merging.py",
        "        announce(*key, before.get(key, State()), state)\n",
        "        pass\n",
        "modules/test_merge_stubs.py::test_what_a_merge_completes_or_takes_back_is_announced_once",
    ),
    (
        "an invitation and a registration do not miss each other",
        "enrollments/invitations.py",
        "    database.hold_words(db.session,",
        "    database.hold_words(db.session, [])\n    _ = (db.session,",
        DEVICES + "test_a_class_waits_for_who_is_just_registering",
    ),
    (
        "who is refused stops nobody else of a class",
        "enrollments/bulk.py",
        "            except Refusal as refusal:",
        "            except ZeroDivisionError as refusal:",
        CLASSES + "test_a_path_that_closes_meanwhile_refuses_and_stops_nobody",
    ),
    (
        "an invitation keeps its due date and note",
        "enrollments/invitations.py",
        '        about = {"by": one.invited_by, "due_at": one.due_at, "note": one.note}\n',
        '        about = {"by": one.invited_by}\n',
        CLASSES + "test_a_class_is_enrolled_in_one_request_and_who_registers_later_joins_it",
    ),
    (
        "an unconfirmed address takes up no invitation",
        "enrollments/listeners.py",
        '    if not current_app.config["REQUIRE_VERIFIED_EMAIL"]:\n',
        "    if True:\n",
        CLASSES + "test_where_addresses_are_confirmed_who_was_invited_joins_then",
    ),
    (
        "an enrollment is proved against its history",
        "progress/checking.py",
        "in check_enrollments(learners, fix=fix):",
        "in ():",
        CHECKS + "test_an_enrollment_that_is_off_is_told_and_mended",
    ),
    (
        "a path that is done without its being noted is found",
        "progress/checking.py",
        "            yield from _check_paths(learners, fix=fix)\n",
        "",
        CHECKS + "test_a_beginning_that_was_not_noted_is_told_and_mended",
    ),
    (
        "an import finishes one learner after the other",
        "progress/cli.py",
        "db.session.rollback() if dry_run else db.session.commit()",
        "db.session.rollback() if dry_run else db.session.flush()",
        CHECKS + "test_a_broken_import_goes_on_where_it_stopped",
    ),
    (
        "a local date is that of the learner's zone",
        "progress/writing.py",
        "event.occurred_at.astimezone(ZoneInfo(timezone)).date()",
        "event.occurred_at.date()",
        "progress/test_time_zones.py::test_rule_10_midnight_is_where_the_learner_lives",
    ),
    (
        "a streak is alive until the end of tomorrow",
        "activity/rules.py",
        "before >= today - DAY",
        "before >= today",
        "progress/test_time_zones.py::test_rule_10_a_streak_lives_until_the_end_of_tomorrow_there",
    ),
    (
        "a spreadsheet runs no name",
        "insight/tables.py",
        r"[{STARTS}\t\r\n]",
        "[=]",
        "insight/test_table.py::"
        "test_a_csv_reader_reads_every_name_back_and_a_spreadsheet_runs_none",
    ),
    (
        "a spreadsheet runs no name after a semicolon",
        "insight/tables.py",
        r"(?<=[;\t\r\n])",
        r"(?<=[\t\r\n])",
        "insight/test_table.py::test_a_spreadsheet_that_separates_otherwise_runs_none_either",
    ),
    (
        "a table streams",
        "insight/services.py",
        "            yield from result.mappings()\n",
        "            yield from result.mappings().all()\n        yield from ()\n",
        "insight/test_table.py::test_the_first_rows_go_out_before_the_last_are_read",
    ),
    (
        "whoever withdrew is not in the figures",
        "insight/services.py",
        "Enrollment.status.in_((ACTIVE, COMPLETED))",
        "Enrollment.status.in_((ACTIVE, COMPLETED, WITHDRAWN))",
        "insight/test_report_and_table.py::test_the_figures_follow_every_change",
    ),
    (
        "a list asks nothing for each of its items",
        "progress/services.py",
        "    return page.map(lambda row: show(",
        "    return page.map(lambda row: reads.all(sa.select(1)) and show(",
        "test_n_plus_one.py",
    ),
    # Operating
    (
        "who loses a race is tried once more",
        "trouble.py",
        "    if _may_repeat(error):\n",
        "    if False:\n",
        TROUBLE + "test_what_passes_by_itself_is_a_503",
    ),
    (
        "what was committed is not done again",
        "trouble.py",
        'g.get("has_committed") or ',
        "",
        TROUBLE + "test_what_was_committed_is_not_done_again",
    ),
    (
        "a lock is waited for only so long",
        "postgresql.py",
        """"lock_timeout": settings["DATABASE_LOCK_TIMEOUT"]""",
        """"lock_timeout": 0""",
        TROUBLE + "test_a_lock_that_others_keep_is_waited_for_only_so_long",
    ),
    (
        "nothing is written while READ_ONLY",
        "maintenance.py",
        'READING = ("GET",',
        'READING = ("DELETE", "GET",',
        "maintenance/test_read_only.py::test_every_write_is_refused_and_nothing_is_written",
    ),
    (
        "metrics are for whoever knows the token",
        "metrics.py",
        "not hmac.compare_digest(given, expected)",
        "not given",
        METRICS + "test_nobody_else_reads_them",
    ),
    (
        "metrics name routes, never addresses",
        "metrics.py",
        "request.url_rule.rule if",
        "request.path if",
        METRICS + "test_requests_are_counted_by_route_and_never_by_address",
    ),
    (
        "a balancer hears of a shutdown before it happens",
        "health/checks.py",
        "if shutdown.has_begun():",
        "if False:",
        "health/test_ask_whether_it_is_ready.py::test_a_shutdown_is_announced_before_it_happens",
    ),
]

MUTATIONS = [Mutation(*row) for row in ROWS]
