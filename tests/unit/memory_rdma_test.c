// SPDX-License-Identifier: Apache-2.0
#include "memory_go.inc"

START_TEST(a_go_plugins_attachment_is_read_wholly_or_not)
{
	write_state("rdma", "net-c0ffee-net1",
		    "{'version':'1.0','deviceID':'0000:03:00.3','sandboxRdmaDevName':'mlx5_2',"
		    "'containerRdmaDevName':'mlx5_2'}");
	starve(load_state);
	remove_dir();
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("memory_rdma");
	TCase *t = tcase_create("memory_rdma");

	starve_cjson();
	tcase_add_test(t, a_go_plugins_attachment_is_read_wholly_or_not);
	suite_add_tcase(s, t);
	return s;
}
