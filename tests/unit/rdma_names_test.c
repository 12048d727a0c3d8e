// SPDX-License-Identifier: Apache-2.0
/* What several devices are called, and the plan made of it: no kernel is asked. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "names.h"
#include "plan.h"
#include "props.h"

static struct world world;
static struct rdma_conf conf;

/* Two devices, at home, known: get must not look. */
static void set_up(void)
{
	conf = (struct rdma_conf){ .name = "" };
	world = (struct world){ .conf = &conf, .known = true, .n = 2 };
	for (size_t i = 0; i < 2; i++) {
		struct ibdev *d = &world.dev[i];

		*d = (struct ibdev){ .index = (int64_t)i, .found = true, .at_home = true };
		(void)snprintf(d->name, sizeof(d->name), "mlx5_%zu", i + 2);
		memcpy(d->sys.name, d->name, sizeof(d->sys.name));
	}
}

static struct value names(void)
{
	struct value v;
	struct err e;

	ck_assert_int_eq(names_get(&world, &v, &e), 0);
	return v;
}

static void assert_names(const struct value *v, const char *first, const char *second)
{
	const char *name = value_next_name(v, NULL);

	ck_assert_str_eq(name, first);
	name = value_next_name(v, name);
	ck_assert_pstr_eq(name, second);
	ck_assert_ptr_null(name ? value_next_name(v, name) : NULL);
}

START_TEST(unchanged_names_are_themselves)
{
	struct value v = names();

	assert_names(&v, "mlx5_2", "mlx5_3");
}
END_TEST

/* Two that have each other's names are not the same set. */
START_TEST(swapped_names_differ)
{
	struct value before = names(), after;

	memcpy(world.dev[0].sys.name, world.dev[1].name, IBDEV_NAME_MAX);
	memcpy(world.dev[1].sys.name, world.dev[0].name, IBDEV_NAME_MAX);
	after = names();
	ck_assert(!value_equal(&before, &after));
	ck_assert_str_eq(value_next_name(&after, NULL), "mlx5_2=mlx5_3");
}
END_TEST

START_TEST(longest_names_fit)
{
	struct value v = { .type = VALUE_NAMES };
	char a[IBDEV_NAME_MAX], b[IBDEV_NAME_MAX];

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[IBDEV_NAME_MAX - 1] = b[IBDEV_NAME_MAX - 1] = '\0';
	names_entry(&v, a, b);
	ck_assert_uint_eq(strlen(value_next_name(&v, NULL)), 2 * (sizeof(a) - 1) + 1);
	for (int i = 0; i < VALUE_NAMES_SIZE; i++)
		names_entry(&v, a, b);
	ck_assert_uint_eq(strlen(value_next_name(&v, NULL)), 2 * (sizeof(a) - 1) + 1);
}
END_TEST

START_TEST(too_many_names_are_left_out)
{
	struct value v = { .type = VALUE_NAMES };
	size_t n = 0;

	for (int i = 0; i < VALUE_NAMES_MAX + 1; i++)
		names_entry(&v, "a", "b");
	for (const char *i = NULL; (i = value_next_name(&v, i));)
		n++;
	ck_assert_uint_eq(n, VALUE_NAMES_MAX);
}
END_TEST

static void get_place(struct value *ret)
{
	const struct prop *p = prop_find(&rdma_props, "rdma.place");
	struct err e;

	ck_assert_int_eq(p->get(&world, ret, &e), 0);
}

START_TEST(a_place_in_between_is_none_of_the_two)
{
	struct value home, away, mixed, gone;

	world.pod.ns.id = (struct netns_id){ .dev = 4, .ino = 4026532281 };
	get_place(&home);
	ck_assert_str_eq(home.place.name, "all");
	ck_assert(place_is_home(&home));
	world.dev[1].at_home = false;
	get_place(&mixed);
	ck_assert_str_eq(mixed.place.name, "1 of 2");
	ck_assert(!place_is_home(&mixed));
	world.dev[0].at_home = false;
	get_place(&away);
	ck_assert_str_eq(away.place.name, "all");
	world.dev[0].found = false;
	get_place(&gone);
	ck_assert(!value_equal(&home, &mixed) && !value_equal(&mixed, &away) &&
		  !value_equal(&gone, &away) && !value_equal(&gone, &home));
}
END_TEST

START_TEST(plan_moves_all_and_keeps_their_names)
{
	cleanup(plan_done) struct plan p = { .n = 0 };

	plan_make(&world, &p);
	ck_assert_uint_eq(p.n, 2);
	ck_assert_str_eq(p.steps[0].prop->name, "rdma.place");
	ck_assert_str_eq(p.steps[0].want.place.name, "all");
	assert_names(&p.steps[1].want, "mlx5_2", "mlx5_3");
}
END_TEST

START_TEST(plan_has_the_wanted_name)
{
	cleanup(plan_done) struct plan p = { .n = 0 };

	world.n = 1;
	conf.name = "roce0";
	plan_make(&world, &p);
	assert_names(&p.steps[1].want, "mlx5_2=roce0", NULL);
	conf.name = "mlx5_2";
	plan_make(&world, &p);
	assert_names(&p.steps[1].want, "mlx5_2", NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rdma_names");
	TCase *t = tcase_create("names");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, unchanged_names_are_themselves);
	tcase_add_test(t, swapped_names_differ);
	tcase_add_test(t, longest_names_fit);
	tcase_add_test(t, too_many_names_are_left_out);
	tcase_add_test(t, a_place_in_between_is_none_of_the_two);
	tcase_add_test(t, plan_moves_all_and_keeps_their_names);
	tcase_add_test(t, plan_has_the_wanted_name);
	suite_add_tcase(s, t);
	return s;
}
