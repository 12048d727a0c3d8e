// SPDX-License-Identifier: Apache-2.0
/* Records as files: names, claims, damage. */
#include "base/file.h"
#include "memworld.h"
#include "owns.h"
#include "script.h"
#include "txn/record_json.h"

#define STATE "sriov-rdma/test/"

static struct store store = { .dirfd = -EBADF };
static struct record r, back;
static struct err e;

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
}

static void tear_down(void)
{
	record_done(&back);
	store_close(&store);
	remove_dir();
}

static bool exists(const char *name)
{
	struct stat st;

	return !fstatat(store.dirfd, name, &st, AT_SYMLINK_NOFOLLOW);
}

static void save(const struct record *rec)
{
	ck_assert_msg(!store_save(&store, rec, &e), "%s", e.msg);
}

static int load(const struct record_key *key)
{
	record_done(&back);
	return store_load(&store, key, &back, &e);
}

static int claimant(const struct devid *d)
{
	record_done(&back);
	return store_claimant(&store, d, &back, &e);
}

static void claim(const char *target)
{
	ck_assert_msg(!file_link_at(store.dirfd, "@0000:81:00.3", target, &e), "%s", e.msg);
}

/* The names in the store's directory, joined. */
static char listed[1024];

static int list_one(const char *name, void *arg unused)
{
	add_word(listed, sizeof(listed), name);
	return 0;
}

static const char *list(void)
{
	listed[0] = '\0';
	ck_assert_int_eq(file_each_at(store.dirfd, list_one, NULL, &e), 0);
	return listed;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(in_dir(name), &st), 0);
	return st.st_mode;
}

START_TEST(the_directory_and_the_records_are_for_their_owner_only)
{
	ck_assert_uint_eq(mode_of("sriov-rdma"), S_IFDIR | 0700);
	ck_assert_uint_eq(mode_of("sriov-rdma/test"), S_IFDIR | 0700);
	save(&r);
	ck_assert_uint_eq(mode_of(STATE "net:c0ffee:net1"), S_IFREG | 0600);
}
END_TEST

START_TEST(a_directory_that_cannot_be_made_is_an_error)
{
	struct store other = { .dirfd = 77 };
	char path[PATH_MAX] = "";

	write_file("f", "", 0600);
	ck_assert_int_eq(store_open(in_dir("f"), "test", &mem_table, &other, &e), -ENOTDIR);
	memset(path, 'x', sizeof(path) - 1);
	ck_assert_int_eq(store_open(path, "test", &mem_table, &other, &e), -ENAMETOOLONG);
	ck_assert_int_eq(strncmp(e.msg, "state directory", 15), 0);
}
END_TEST

START_TEST(a_record_is_saved_with_its_claim_and_found_by_key_and_device)
{
	save(&r);
	ck_assert_str_eq(list(), "@0000:81:00.3 net:c0ffee:net1 ");
	ck_assert_int_eq(load(&r.key), 0);
	ck_assert_str_eq(back.key.container, "c0ffee");
	ck_assert(owns(&store, &back));
	ck_assert_int_eq(claimant(&r.device), 0);
	ck_assert_str_eq(back.key.container, "c0ffee");
	ck_assert_uint_eq(back.plan.n, 1);
}
END_TEST

START_TEST(who_is_not_there_is_enoent)
{
	ck_assert_int_eq(load(&r.key), -ENOENT);
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	ck_assert(!owns(&store, &r));
}
END_TEST

START_TEST(an_update_changes_the_record_and_keeps_the_claim)
{
	save(&r);
	r.phase = PHASE_PREPARED;
	ck_assert_int_eq(store_update(&store, &r, &e), 0);
	ck_assert_int_eq(claimant(&r.device), 0);
	ck_assert_int_eq(back.phase, PHASE_PREPARED);
	ck_assert_str_eq(list(), "@0000:81:00.3 net:c0ffee:net1 ");
}
END_TEST

START_TEST(forgetting_removes_record_and_claim_and_may_be_repeated)
{
	save(&r);
	ck_assert_int_eq(store_forget(&store, &r, false, &e), 0);
	ck_assert_str_eq(list(), "");
	ck_assert_int_eq(store_forget(&store, &r, false, &e), 0);
}
END_TEST

/* The state between the two steps of saving, and of forgetting. */
START_TEST(a_claim_without_record_claims_nothing)
{
	save(&r);
	ck_assert_int_eq(store_forget_key(&store, &r.key, &e), 0);
	ck_assert_str_eq(list(), "@0000:81:00.3 ");
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	ck_assert_int_eq(load(&r.key), -ENOENT);
	/* and is taken over, or cleared, by whoever comes next */
	r.key.container = "beef";
	save(&r);
	ck_assert_int_eq(claimant(&r.device), 0);
	ck_assert_str_eq(back.key.container, "beef");
}
END_TEST

START_TEST(the_claim_is_written_before_the_record)
{
	/* the record cannot be written: its temporary name is a directory */
	ck_assert_int_eq(mkdirat(store.dirfd, ".net:c0ffee:net1.tmp", 0700), 0);
	ck_assert_int_eq(store_save(&store, &r, &e), -EISDIR);
	ck_assert_str_eq(list(), ".net:c0ffee:net1.tmp @0000:81:00.3 ");
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
}
END_TEST

START_TEST(the_record_is_forgotten_before_the_claim)
{
	save(&r);
	/* the record cannot be removed */
	ck_assert_int_eq(unlinkat(store.dirfd, "net:c0ffee:net1", 0), 0);
	ck_assert_int_eq(mkdirat(store.dirfd, "net:c0ffee:net1", 0700), 0);
	ck_assert_int_eq(store_forget(&store, &r, false, &e), -EISDIR);
	ck_assert(exists("@0000:81:00.3"));
}
END_TEST

START_TEST(the_claim_of_another_record_stays)
{
	struct record other = r;

	save(&r);
	other.key.container = "beef";
	save(&other);
	ck_assert(!owns(&store, &r));
	ck_assert(owns(&store, &other));
	ck_assert_int_eq(store_unclaim(&store, &r, &e), 0);
	ck_assert_int_eq(store_forget(&store, &r, false, &e), 0);
	ck_assert_str_eq(list(), "@0000:81:00.3 net:beef:net1 ");
	ck_assert_int_eq(claimant(&r.device), 0);
	ck_assert_str_eq(back.key.container, "beef");
}
END_TEST

START_TEST(giving_up_the_claim_keeps_the_record)
{
	save(&r);
	ck_assert_int_eq(store_unclaim(&store, &r, &e), 0);
	ck_assert_str_eq(list(), "net:c0ffee:net1 ");
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	ck_assert_int_eq(load(&r.key), 0);
	ck_assert(!owns(&store, &r));
}
END_TEST

START_TEST(a_record_that_only_holds_a_lease_claims_nothing)
{
	save(&r);
	r.phase = PHASE_LEASE;
	ck_assert_int_eq(store_update(&store, &r, &e), 0);
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	ck_assert_int_eq(load(&r.key), 0);
}
END_TEST

START_TEST(a_claim_on_a_record_of_another_device_claims_nothing)
{
	const struct devid other = { DEV_BUS_PCI, "0000:81:00.4" };

	save(&r);
	ck_assert_int_eq(file_link_at(store.dirfd, "@0000:81:00.4", "net:c0ffee:net1", &e), 0);
	ck_assert_int_eq(claimant(&other), -ENOENT);
	ck_assert(exists("net:c0ffee:net1"));
}
END_TEST

START_TEST(a_claim_never_leads_out_of_the_directory)
{
	/* although it is a record of that very device */
	save(&r);
	ck_assert_int_eq(renameat(store.dirfd, "net:c0ffee:net1", store.dirfd, "../../outside"), 0);
	claim("../../outside");
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	claim(in_dir("outside"));
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	claim("..");
	ck_assert_int_eq(claimant(&r.device), -EINVAL);
	ck_assert_int_eq(access(in_dir("outside"), F_OK), 0);
}
END_TEST

/* What one takes for a record on disk. */
static void damage(const char *text)
{
	write_file(STATE "net:c0ffee:net1", text, 0600);
}

START_TEST(a_damaged_record_is_set_aside_for_a_person)
{
	save(&r);
	damage("{\"minReader\":1");
	ck_assert_int_eq(load(&r.key), -EBADMSG);
	ck_assert_int_eq(strncmp(e.msg, "record net:c0ffee:net1: not JSON", 32), 0);
	ck_assert_str_eq(list(), "!net:c0ffee:net1 @0000:81:00.3 ");
	ck_assert_str_eq(seen(STATE "!net:c0ffee:net1"), "{\"minReader\":1");
	ck_assert_int_eq(load(&r.key), -ENOENT);
}
END_TEST

START_TEST(the_latest_damaged_record_replaces_the_one_set_aside_before)
{
	damage("first");
	ck_assert_int_eq(load(&r.key), -EBADMSG);
	damage("second");
	ck_assert_int_eq(load(&r.key), -EBADMSG);
	ck_assert_str_eq(seen(STATE "!net:c0ffee:net1"), "second");
}
END_TEST

START_TEST(a_damaged_record_claims_nothing)
{
	save(&r);
	damage("[]");
	ck_assert_int_eq(claimant(&r.device), -ENOENT);
	ck_assert(exists("!net:c0ffee:net1"));
}
END_TEST

START_TEST(a_record_that_is_too_new_stays_where_it_is_and_keeps_its_claim)
{
	save(&r);
	damage("{\"minReader\":99,\"plugin\":\"test\"}");
	ck_assert_int_eq(load(&r.key), -EPROTO);
	ck_assert_ptr_nonnull(strstr(e.msg, "record net:c0ffee:net1: record was written by"));
	ck_assert_int_eq(claimant(&r.device), -EPROTO);
	ck_assert_str_eq(list(), "@0000:81:00.3 net:c0ffee:net1 ");
}
END_TEST

START_TEST(a_record_that_somebody_else_wrote_is_set_aside)
{
	save(&r);
	/* only root can give files away */
	ck_assert_int_eq(fchownat(store.dirfd, "net:c0ffee:net1", 65534, 65534, 0),
			 geteuid() ? -1 : 0);
	ck_assert_int_eq(load(&r.key), geteuid() ? 0 : -EBADMSG);
	if (!geteuid()) {
		ck_assert_str_eq(e.msg, "record net:c0ffee:net1: net:c0ffee:net1 belongs to user "
					"65534, not to root");
		ck_assert_str_eq(list(), "!net:c0ffee:net1 @0000:81:00.3 ");
	}
}
END_TEST

START_TEST(what_is_no_file_is_refused_in_place_of_a_record)
{
	write_file("outside", "{}", 0600);
	ck_assert_int_eq(symlinkat("../../outside", store.dirfd, "net:c0ffee:net1"), 0);
	ck_assert_int_eq(load(&r.key), -ELOOP);
	ck_assert_int_eq(unlinkat(store.dirfd, "net:c0ffee:net1", 0), 0);
	ck_assert_int_eq(mkfifoat(store.dirfd, "net:c0ffee:net1", 0600), 0);
	ck_assert_int_eq(load(&r.key), -EINVAL);
	ck_assert_str_eq(e.msg, "record net:c0ffee:net1: net:c0ffee:net1 is not a regular file");
	ck_assert_int_eq(unlinkat(store.dirfd, "net:c0ffee:net1", 0), 0);
	ck_assert_int_eq(mkdirat(store.dirfd, "net:c0ffee:net1", 0700), 0);
	ck_assert_int_eq(load(&r.key), -EINVAL);
	ck_assert_str_eq(list(), "net:c0ffee:net1 ");
}
END_TEST

START_TEST(what_is_no_link_is_refused_in_place_of_a_claim)
{
	save(&r);
	ck_assert_int_eq(unlinkat(store.dirfd, "@0000:81:00.3", 0), 0);
	ck_assert_int_eq(mkfifoat(store.dirfd, "@0000:81:00.3", 0600), 0);
	ck_assert_int_eq(claimant(&r.device), -EINVAL);
	ck_assert(!owns(&store, &r));
	/* the next attachment puts a claim there */
	save(&r);
	ck_assert_int_eq(claimant(&r.device), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *tc = tcase_create("store");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_directory_and_the_records_are_for_their_owner_only);
	tcase_add_test(tc, a_directory_that_cannot_be_made_is_an_error);
	tcase_add_test(tc, a_record_is_saved_with_its_claim_and_found_by_key_and_device);
	tcase_add_test(tc, who_is_not_there_is_enoent);
	tcase_add_test(tc, an_update_changes_the_record_and_keeps_the_claim);
	tcase_add_test(tc, forgetting_removes_record_and_claim_and_may_be_repeated);
	tcase_add_test(tc, a_claim_without_record_claims_nothing);
	tcase_add_test(tc, the_claim_is_written_before_the_record);
	tcase_add_test(tc, the_record_is_forgotten_before_the_claim);
	tcase_add_test(tc, the_claim_of_another_record_stays);
	tcase_add_test(tc, giving_up_the_claim_keeps_the_record);
	tcase_add_test(tc, a_record_that_only_holds_a_lease_claims_nothing);
	tcase_add_test(tc, a_claim_on_a_record_of_another_device_claims_nothing);
	tcase_add_test(tc, a_claim_never_leads_out_of_the_directory);
	tcase_add_test(tc, a_damaged_record_is_set_aside_for_a_person);
	tcase_add_test(tc, the_latest_damaged_record_replaces_the_one_set_aside_before);
	tcase_add_test(tc, a_damaged_record_claims_nothing);
	tcase_add_test(tc, a_record_that_is_too_new_stays_where_it_is_and_keeps_its_claim);
	tcase_add_test(tc, a_record_that_somebody_else_wrote_is_set_aside);
	tcase_add_test(tc, what_is_no_file_is_refused_in_place_of_a_record);
	tcase_add_test(tc, what_is_no_link_is_refused_in_place_of_a_claim);
	suite_add_tcase(suite, tc);
	return suite;
}
