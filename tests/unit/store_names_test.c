// SPDX-License-Identifier: Apache-2.0
/* Names of records, walks over all of them, and what must never be written. */
#include <sys/resource.h>

#include "base/file.h"
#include "doc.h"
#include "memworld.h"
#include "owns.h"
#include "script.h"
#include "txn/record.h"

static struct store store = { .dirfd = -EBADF };
static struct record back;
static struct err e;

static void set_up(void)
{
	make_dir();
	e = (struct err){ 0 };
	ck_assert_msg(!store_open(dir, "test", &mem_table, &store, &e), "%s", e.msg);
}

static void tear_down(void)
{
	record_done(&back);
	store_close(&store);
	remove_dir();
}

/* Saves a record of this key, with a number in it to tell it by. */
static void save(const char *network, const char *container, const char *ifname, uint64_t number)
{
	struct record r = { .key = { network, container, ifname },
			    .device = { DEV_BUS_PCI, "0000:81:00.3" },
			    .instance = number };

	ck_assert_msg(!store_save(&store, &r, &e), "%s", e.msg);
}

static void assert_loaded(const char *network, const char *container, const char *ifname,
			  uint64_t number)
{
	const struct record_key key = { network, container, ifname };

	record_done(&back);
	ck_assert_msg(!store_load(&store, &key, &back, &e), "%s", e.msg);
	ck_assert_uint_eq(back.instance, number);
	ck_assert_str_eq(back.key.network, network);
	ck_assert_str_eq(back.key.container, container);
	ck_assert_str_eq(back.key.ifname, ifname);
}

/* The names of the records' files, by their own words. */
static char listed[4096];

static int list_one(const char *name, void *arg unused)
{
	if (name[0] == '@')
		return 0;
	add_word(listed, sizeof(listed), name);
	return 0;
}

static const char *list(void)
{
	listed[0] = '\0';
	ck_assert_int_eq(file_each_at(store.dirfd, list_one, NULL, &e), 0);
	return listed;
}

/* The Go plugins join with '-', and so mix these up. */
START_TEST(keys_whose_dashed_joins_collide_are_two_records)
{
	save("net", "a-b", "c", 1);
	save("net", "a", "b-c", 2);
	save("net-a", "b", "c", 3);
	assert_loaded("net", "a-b", "c", 1);
	assert_loaded("net", "a", "b-c", 2);
	assert_loaded("net-a", "b", "c", 3);
	ck_assert_str_eq(list(), "net-a:b:c net:a-b:c net:a:b-c ");
}
END_TEST

START_TEST(keys_are_case_sensitive)
{
	save("net", "a", "c", 1);
	save("Net", "a", "c", 2);
	assert_loaded("net", "a", "c", 1);
	assert_loaded("Net", "a", "c", 2);
}
END_TEST

/* @len times @c, and a last letter of its own. */
static const char *long_text(char c, size_t len, char last)
{
	static char buf[4][1024];
	static unsigned next;
	char *s = buf[next++ % array_size(buf)];

	memset(s, c, len);
	s[len - 1] = last;
	s[len] = '\0';
	return s;
}

START_TEST(a_name_as_long_as_a_file_may_have_is_not_hashed)
{
	/* "n:" and ":net1" and 8 for ".", ".tmp", '!' and NUL */
	const char *id = long_text('x', NAME_MAX - 8 - 1 - 7, 'z');
	char want[NAME_MAX + 1];

	save("n", id, "net1", 1);
	assert_loaded("n", id, "net1", 1);
	snprintf(want, sizeof(want), "n:%s:net1 ", id);
	ck_assert_str_eq(list(), want);
}
END_TEST

START_TEST(names_too_long_are_hashed_and_still_different)
{
	const char *one = long_text('x', NAME_MAX - 8 - 7, '1'), *two = long_text('x', 600, '1'),
		   *three = long_text('x', 600, '2');

	save("n", one, "net1", 1);
	save("n", two, "net1", 2);
	save("n", three, "net1", 3);
	save("n", three, "net2", 4);
	save(two, "n", "net1", 5);
	assert_loaded("n", one, "net1", 1);
	assert_loaded("n", two, "net1", 2);
	assert_loaded("n", three, "net1", 3);
	assert_loaded("n", three, "net2", 4);
	assert_loaded(two, "n", "net1", 5);
	/* five names of the form #HASH:IFNAME */
	ck_assert_uint_eq(strlen(list()), 5 * strlen("#0123456789abcdef0123456789abcdef:net1 "));
}
END_TEST

START_TEST(what_moves_over_the_border_of_two_hashed_parts_makes_another_name)
{
	const char *a = long_text('x', 300, 'x'), *b = long_text('x', 301, 'x');

	save(a, b, "net1", 1);
	save(b, a, "net1", 2);
	save(b, b, "net1", 3);
	assert_loaded(a, b, "net1", 1);
	assert_loaded(b, a, "net1", 2);
	assert_loaded(b, b, "net1", 3);
}
END_TEST

START_TEST(a_hashed_name_can_be_updated_claimed_set_aside_and_forgotten)
{
	struct record r = { .key = { "n", long_text('x', 600, '1'), "fifteen-letters" },
			    .device = { DEV_BUS_PCI, "0000:81:00.3" } };

	ck_assert_int_eq(store_save(&store, &r, &e), 0);
	r.phase = PHASE_LIVE;
	ck_assert_int_eq(store_update(&store, &r, &e), 0);
	ck_assert(owns(&store, &r));
	ck_assert_int_eq(store_claimant(&store, &r.device, &back, &e), 0);
	ck_assert_int_eq(store_forget(&store, &r, false, &e), 0);
	ck_assert_str_eq(list(), "");
}
END_TEST

START_TEST(a_record_under_another_keys_name_is_not_taken_for_its_own)
{
	const struct record_key key = { "net", "beef", "net1" };

	save("net", "c0ffee", "net1", 1);
	ck_assert_int_eq(renameat(store.dirfd, "net:c0ffee:net1", store.dirfd, "net:beef:net1"), 0);
	ck_assert_int_eq(store_load(&store, &key, &back, &e), -EBADMSG);
	ck_assert_str_eq(e.msg, "record net:beef:net1 is another attachment's");
	ck_assert_str_eq(list(), "!net:beef:net1 ");
	ck_assert_int_eq(store_load(&store, &key, &back, &e), -ENOENT);
}
END_TEST

/* What a walk saw, joined; stops with 5 at container "stop". */
static char walked[1024];

static int walk(const struct record *r, void *arg)
{
	ck_assert_ptr_eq(arg, walked);
	add_word(walked, sizeof(walked), r->key.container);
	return strcmp(r->key.container, "stop") == 0 ? 5 : 0;
}

START_TEST(a_walk_sees_every_record_and_nothing_else)
{
	save("net", "b", "net1", 1);
	save("net", "a", "net1", 2);
	save("m", long_text('x', 600, '1'), "net1", 3);
	write_file("sriov-rdma/test/.net:c:net1.tmp", "{}", 0600);
	write_file("sriov-rdma/test/!net:d:net1", "{}", 0600);
	ck_assert_int_eq(store_each(&store, walk, walked, &e), 0);
	ck_assert_uint_eq(strlen(walked), 601 + strlen("a b "));
	ck_assert_str_eq(walked + 601, "a b ");
	ck_assert_ptr_nonnull(strstr(list(), "!net:d:net1 "));
	ck_assert_ptr_nonnull(strstr(list(), " .net:c:net1.tmp "));
}
END_TEST

START_TEST(a_walk_sets_the_unreadable_aside_and_goes_on)
{
	save("net", "a", "net1", 1);
	write_file("sriov-rdma/test/net:b:net1", "damaged", 0600);
	write_file("sriov-rdma/test/net:c:net1", "{\"minReader\":9,\"plugin\":\"test\"}", 0600);
	ck_assert_int_eq(mkfifoat(store.dirfd, "net:d:net1", 0600), 0);
	save("net", "e", "net1", 1);
	ck_assert_int_eq(store_each(&store, walk, walked, &e), 0);
	ck_assert_str_eq(walked, "a e ");
	ck_assert_str_eq(list(), "!net:b:net1 net:a:net1 net:c:net1 net:d:net1 net:e:net1 ");
}
END_TEST

START_TEST(a_walk_ends_with_the_first_answer_that_is_not_0)
{
	save("net", "a", "net1", 1);
	save("net", "stop", "net1", 1);
	save("net", "z", "net1", 1);
	ck_assert_int_eq(store_each(&store, walk, walked, &e), 5);
	ck_assert_str_eq(walked, "a stop ");
}
END_TEST

static int see_key(const struct record_key *key, void *arg)
{
	ck_assert_str_eq(key->network, "net");
	ck_assert_str_eq(key->ifname, "net1");
	add_word(arg, sizeof(walked), key->container);
	return 0;
}

/* A key becomes names of other files: what is none is nobody's. */
START_TEST(what_was_set_aside_has_a_key_if_its_name_is_one)
{
	static const char *const names[] = { "!net:a:net1", "!net::net1", "!net:..:net1",
					     "!net:b:..",   "!:c:net1",	  "!net:d:n:1" };

	for (size_t i = 0; i < array_size(names); i++) {
		char path[NAME_MAX];

		ck_assert_int_eq(str_printf(path, sizeof(path), "sriov-rdma/test/%s", names[i]), 0);
		write_file(path, "damaged", 0600);
	}
	ck_assert_int_eq(store_each_aside(&store, see_key, walked, &e), 0);
	ck_assert_str_eq(walked, "a ");
}
END_TEST

/* From here on no file can be opened. */
static int walk_and_starve(const struct record *r unused, void *arg)
{
	const struct rlimit none = { 0, *(rlim_t *)arg };

	return setrlimit(RLIMIT_NOFILE, &none);
}

START_TEST(a_walk_tells_of_what_could_not_be_read_this_time)
{
	struct rlimit old;
	int r;

	save("net", "a", "net1", 1);
	save("net", "b", "net1", 1);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	r = store_each(&store, walk_and_starve, &old.rlim_max, &e);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert_int_eq(r, -EMFILE);
	ck_assert_str_eq(e.msg, "record net:b:net1: open net:b:net1: Too many open files");
	ck_assert_str_eq(list(), "net:a:net1 net:b:net1 ");
}
END_TEST

static int walk_claim(const struct devid *d, void *arg)
{
	ck_assert_ptr_eq(arg, walked);
	add_word(walked, sizeof(walked), d->name);
	return strcmp(d->name, "mlx5_core.sf.9") == 0 ? 5 : 0;
}

static void claim(const char *name)
{
	ck_assert_msg(!file_link_at(store.dirfd, name, "net:gone:net1", &e), "%s", e.msg);
}

START_TEST(a_walk_over_the_claims_sees_their_devices)
{
	save("net", "a", "net1", 1);
	claim("@0000:81:00.4");
	claim("@mlx5_core.sf.4");
	claim("@nonsense");
	claim("0000:81:00.5");
	ck_assert_int_eq(store_each_claim(&store, walk_claim, walked, &e), 0);
	ck_assert_str_eq(walked, "0000:81:00.3 0000:81:00.4 mlx5_core.sf.4 ");
	claim("@mlx5_core.sf.9");
	claim("@zzz.sf.0");
	walked[0] = '\0';
	ck_assert_int_eq(store_each_claim(&store, walk_claim, walked, &e), 5);
	ck_assert_ptr_null(strstr(walked, "zzz"));
}
END_TEST

START_TEST(a_claim_is_dropped_only_if_its_record_is_not_there)
{
	struct devid d = { DEV_BUS_PCI, "0000:81:00.3" };
	struct stat st;

	ck_assert_msg(!store_drop_claim(&store, &d, &e), "absent is fine");
	save("net", "a", "net1", 1);
	ck_assert_int_eq(store_drop_claim(&store, &d, &e), 0);
	ck_assert_int_eq(store_claimant(&store, &d, &back, &e), 0);
	/* of a newer version, or damaged: still a record */
	write_file("sriov-rdma/test/net:a:net1", "?", 0600);
	ck_assert_int_eq(store_drop_claim(&store, &d, &e), 0);
	ck_assert_int_eq(fstatat(store.dirfd, "@0000:81:00.3", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_int_eq(unlinkat(store.dirfd, "net:a:net1", 0), 0);
	ck_assert_int_eq(store_drop_claim(&store, &d, &e), 0);
	ck_assert_int_ne(fstatat(store.dirfd, "@0000:81:00.3", &st, AT_SYMLINK_NOFOLLOW), 0);
}
END_TEST

/* Such a record could never be released: better that ADD fails before it changes anything. */
static void assert_not_written(const struct record *r)
{
	int ret = store_save(&store, r, &e);

	ck_assert_int_lt(ret, 0);
	ck_assert_int_eq(ret, -e.sys);
	ck_assert_str_eq(list(), "");
}

START_TEST(a_record_too_large_to_be_read_again_is_not_written)
{
	struct record r = { .key = { "net", "a", "net1" },
			    .device = { DEV_BUS_PCI, "0000:81:00.3" },
			    .ipam = "dhcp" };
	char *config = malloc(JSON_TEXT_MAX);

	/* each quote doubles */
	memset(config, '"', JSON_TEXT_MAX - 1);
	config[JSON_TEXT_MAX - 1] = '\0';
	r.config = config;
	assert_not_written(&r);
	/* nor may an update spoil one that can be read */
	r.config = "";
	ck_assert_int_eq(store_save(&store, &r, &e), 0);
	r.config = config;
	ck_assert_int_lt(store_update(&store, &r, &e), 0);
	ck_assert_int_eq(store_load(&store, &r.key, &back, &e), 0);
	free(config);
}
END_TEST

START_TEST(a_record_nested_too_deeply_to_be_read_again_is_not_written)
{
	struct record r = { .key = { "net", "a", "net1" },
			    .device = { DEV_BUS_PCI, "0000:81:00.3" } };
	char text[2 * JSON_DEPTH_MAX + 1] = "";
	cJSON *deep;

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	deep = doc(text);
	r.result = deep;
	assert_not_written(&r);
	cJSON_Delete(deep);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("store_names");
	TCase *tc = tcase_create("store_names");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, keys_whose_dashed_joins_collide_are_two_records);
	tcase_add_test(tc, keys_are_case_sensitive);
	tcase_add_test(tc, a_name_as_long_as_a_file_may_have_is_not_hashed);
	tcase_add_test(tc, names_too_long_are_hashed_and_still_different);
	tcase_add_test(tc, what_moves_over_the_border_of_two_hashed_parts_makes_another_name);
	tcase_add_test(tc, a_hashed_name_can_be_updated_claimed_set_aside_and_forgotten);
	tcase_add_test(tc, a_record_under_another_keys_name_is_not_taken_for_its_own);
	tcase_add_test(tc, a_walk_sees_every_record_and_nothing_else);
	tcase_add_test(tc, a_walk_sets_the_unreadable_aside_and_goes_on);
	tcase_add_test(tc, what_was_set_aside_has_a_key_if_its_name_is_one);
	tcase_add_test(tc, a_walk_tells_of_what_could_not_be_read_this_time);
	tcase_add_test(tc, a_walk_ends_with_the_first_answer_that_is_not_0);
	tcase_add_test(tc, a_walk_over_the_claims_sees_their_devices);
	tcase_add_test(tc, a_claim_is_dropped_only_if_its_record_is_not_there);
	tcase_add_test(tc, a_record_too_large_to_be_read_again_is_not_written);
	tcase_add_test(tc, a_record_nested_too_deeply_to_be_read_again_is_not_written);
	suite_add_tcase(suite, tc);
	return suite;
}
