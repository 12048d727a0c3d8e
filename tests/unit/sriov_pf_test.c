// SPDX-License-Identifier: Apache-2.0
/* Which of two ports on one function is the VF's PF, on the fake kernel. */
#include "pf.h"

#include <errno.h>

#include "fake/world.h"
#include "script.h"

static const struct devid vf = { DEV_BUS_PCI, "0000:03:00.3" };

/* A PF with a second port, ens1f0 and aaa; those that are not blind know the VF. */
static void make_world(bool is_first_blind, bool is_second_blind)
{
	static const struct fake_shape shape = { .pfs = 1, .vfs = 4 };
	struct fake_world *w = fake_get();

	fake_init(w, &shape);
	w->links[fake_add_link(w, 0, 0, "aaa")].blind = is_second_blind;
	for (size_t i = 0; i < array_size(w->links); i++)
		if (!strcmp(w->links[i].name, "ens1f0"))
			w->links[i].blind = is_first_blind;
}

/* The @nth call to the kernel fails; 0: none does. What was chosen, or NULL; false when fewer are made. */
static bool choose(unsigned nth, const char **ret)
{
	static struct world w;
	struct fake_fault *fault = &fake_get()->fault;
	struct err e;
	int r;

	w = (struct world){ .host = NULL };
	ck_assert_int_eq(pci_get(&vf, PCI_ALL, &w.fn, &e), 0);
	ck_assert_int_eq(nl_open(NL_ROUTE, NULL, NULL, &w.host, &e), 0);
	*fault = (struct fake_fault){ .effect = nth ? FAULT_ERROR : FAULT_NONE,
				      .nth = nth,
				      .error = EIO };
	(void)err_set(&e, ENOTUNIQ, "cannot tell");
	r = pf_choose_port(&w, &e);
	fault->effect = FAULT_NONE;
	nl_shut(&w.host);
	ck_assert_int_eq(r, r ? -e.sys : 0);
	ck_assert(!r || e.sys == ENOTUNIQ || (fault->fired && e.sys == EIO));
	*ret = r ? NULL : w.pf_name;
	return fault->fired;
}

static void set_up(void)
{
	char path[PATH_MAX];

	make_dir();
	ck_assert_int_eq(str_printf(path, sizeof(path), "%s/world", dir), 0);
	setenv("FAKE_WORLD", path, 1);
}

START_TEST(the_one_that_knows_the_vf)
{
	const char *chosen;

	make_world(false, true);
	choose(0, &chosen);
	ck_assert_str_eq(chosen, "ens1f0");
	make_world(true, false);
	choose(0, &chosen);
	ck_assert_str_eq(chosen, "aaa");
}
END_TEST

START_TEST(no_guess)
{
	const char *chosen;

	make_world(false, false);
	choose(0, &chosen);
	ck_assert_ptr_null(chosen);
	make_world(true, true);
	choose(0, &chosen);
	ck_assert_ptr_null(chosen);
}
END_TEST

/* Both know the VF: when one of them cannot say so, the other is not the only one. */
START_TEST(one_that_cannot_be_asked_is_not_left_out)
{
	const char *chosen;
	unsigned n = 1;

	make_world(false, false);
	while (choose(n, &chosen)) {
		ck_assert_msg(!chosen, "call %u fails, and %s is chosen", n, chosen);
		n++;
	}
	ck_assert_uint_gt(n, 4);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sriov_pf");
	TCase *t = tcase_create("ports");

	tcase_add_checked_fixture(t, set_up, remove_dir);
	tcase_add_test(t, the_one_that_knows_the_vf);
	tcase_add_test(t, no_guess);
	tcase_add_test(t, one_that_cannot_be_asked_is_not_left_out);
	suite_add_tcase(s, t);
	return s;
}
