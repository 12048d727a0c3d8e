// SPDX-License-Identifier: Apache-2.0
#include "txn/peek.h"

#include "base/file.h"
#include "memworld.h"
#include "script.h"

#define STATE "sriov-rdma/test/"

static struct store store = { .dirfd = -EBADF };
static struct record r;
static struct err e;

/* One record with its claim, as a plugin leaves them */
static void set_up(void)
{
	struct value v = value_number(5);

	make_dir();
	e = (struct err){ 0 };
	ck_assert_msg(!store_open(dir, "test", &mem_table, &store, &e), "%s", e.msg);
	r = (struct record){
		.key = { "net", "c0ffee", "net1" },
		.phase = PHASE_LIVE,
		.device = { DEV_BUS_PCI, "0000:81:00.3" },
		.netns = "/run/netns/x",
	};
	plan_add(&r.plan, &mem_props[P_A], &v, &v);
	ck_assert_msg(!store_save(&store, &r, &e), "%s", e.msg);
}

static void tear_down(void)
{
	store_close(&store);
	remove_dir();
}

static const char *kind_name(enum peek_kind kind)
{
	static const char *const names[] = {
		[PEEK_RECORD] = "record", [PEEK_ASIDE] = "aside", [PEEK_DAMAGED] = "damaged",
		[PEEK_NEWER] = "newer",	  [PEEK_CLAIM] = "claim",
	};

	return names[kind];
}

static char listed[1024];

static int list_one(const struct peek *p, void *arg unused)
{
	char word[256];

	ck_assert_int_eq(!p->record, p->kind != PEEK_RECORD);
	ck_assert_int_eq(p->why[0] != '\0', p->kind == PEEK_DAMAGED || p->kind == PEEK_NEWER);
	(void)snprintf(word, sizeof(word), "%s=%s%s%s", kind_name(p->kind), p->file,
		       p->record ? "/" : "", p->record ? p->record->key.container : "");
	add_word(listed, sizeof(listed), word);
	return 0;
}

static const char *list(void)
{
	listed[0] = '\0';
	ck_assert_msg(!store_peek(dir, "test", list_one, NULL, &e), "%s", e.msg);
	return listed;
}

START_TEST(a_record_is_shown_its_claim_is_not)
{
	ck_assert_str_eq(list(), "record=net:c0ffee:net1/c0ffee ");
}
END_TEST

START_TEST(nothing_is_made_where_nothing_is)
{
	ck_assert_int_eq(store_peek(dir, "other", list_one, NULL, &e), 0);
	ck_assert_int_ne(access(in_dir("sriov-rdma/other"), F_OK), 0);
	ck_assert_int_eq(store_peek("/nonexistent", "test", list_one, NULL, &e), 0);
}
END_TEST

START_TEST(a_damaged_record_is_told_and_stays_where_it_is)
{
	write_file(STATE "net:c0ffee:net1", "{\"format\":1", 0600);
	ck_assert_str_eq(list(), "damaged=net:c0ffee:net1 ");
	ck_assert_str_eq(seen(STATE "net:c0ffee:net1"), "{\"format\":1");
}
END_TEST

START_TEST(a_newer_record_is_told)
{
	char text[4096], *at;

	ck_assert_int_eq(str_copy(text, sizeof(text), seen(STATE "net:c0ffee:net1")), 0);
	at = strstr(text, "\"minReader\":1");
	ck_assert_ptr_nonnull(at);
	at[strlen("\"minReader\":")] = '9';
	write_file(STATE "net:c0ffee:net1", text, 0600);
	ck_assert_str_eq(list(), "newer=net:c0ffee:net1 ");
}
END_TEST

START_TEST(what_was_set_aside_and_claims_that_dangle)
{
	ck_assert_int_eq(unlink(in_dir(STATE "net:c0ffee:net1")), 0);
	ck_assert_str_eq(list(), "claim=@0000:81:00.3 ");
	ck_assert_int_eq(unlink(in_dir(STATE "@0000:81:00.3")), 0);
	write_file(STATE "!net:c0ffee:net1", "anything", 0600);
	write_file(STATE ".net:c0ffee:net1.tmp", "half", 0600);
	ck_assert_str_eq(list(), "aside=!net:c0ffee:net1 ");
}
END_TEST

static int stop(const struct peek *p unused, void *arg unused)
{
	return 7;
}

START_TEST(the_callback_ends_it)
{
	ck_assert_int_eq(store_peek(dir, "test", stop, NULL, &e), 7);
}
END_TEST

static int release_the_next(const struct peek *p, void *arg)
{
	(void)unlink(in_dir(STATE "net:c0ffee:net1"));
	return list_one(p, arg);
}

START_TEST(what_is_released_meanwhile_is_passed_over)
{
	write_file(STATE "!a", "anything", 0600);
	ck_assert_int_eq(unlink(in_dir(STATE "@0000:81:00.3")), 0);
	listed[0] = '\0';
	ck_assert_int_eq(store_peek(dir, "test", release_the_next, NULL, &e), 0);
	ck_assert_str_eq(listed, "aside=!a ");
}
END_TEST

START_TEST(what_cannot_be_read_is_an_error)
{
	ck_assert_int_eq(symlink("net:c0ffee:net1", in_dir(STATE "net:a:net1")), 0);
	ck_assert_int_eq(store_peek(dir, "test", list_one, NULL, &e), -ELOOP);
	ck_assert_ptr_nonnull(strstr(e.msg, "net:a:net1"));
}
END_TEST

START_TEST(a_directory_that_is_none_is_an_error)
{
	write_file("sriov-rdma/file", "", 0600);
	ck_assert_int_eq(store_peek(dir, "file", list_one, NULL, &e), -ENOTDIR);
	ck_assert_ptr_nonnull(strstr(e.msg, "sriov-rdma/file"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("peek");
	TCase *t = tcase_create("peek");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_record_is_shown_its_claim_is_not);
	tcase_add_test(t, nothing_is_made_where_nothing_is);
	tcase_add_test(t, a_damaged_record_is_told_and_stays_where_it_is);
	tcase_add_test(t, a_newer_record_is_told);
	tcase_add_test(t, what_was_set_aside_and_claims_that_dangle);
	tcase_add_test(t, the_callback_ends_it);
	tcase_add_test(t, what_is_released_meanwhile_is_passed_over);
	tcase_add_test(t, what_cannot_be_read_is_an_error);
	tcase_add_test(t, a_directory_that_is_none_is_an_error);
	suite_add_tcase(s, t);
	return s;
}
