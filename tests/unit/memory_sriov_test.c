// SPDX-License-Identifier: Apache-2.0
#include "memory_go.inc"

static const char state[] =
	"{'name':'net','type':'sriov','ipam':{'type':'host-local'},'deviceID':'0000:03:00.3',"
	"'MAC':'02:00:00:00:00:02','vlan':100,'vlanQoS':3,'min_tx_rate':1,'max_tx_rate':2,"
	"'spoofchk':'off','trust':'on','link_state':'enable','OrigVfState':{'HostIFName':'ens1f0v1',"
	"'SpoofChk':true,'Trust':false,'AdminMAC':'02:00:00:00:00:01',"
	"'EffectiveMAC':'02:00:00:00:00:01','Vlan':5,'VlanQoS':1,'MinTxRate':0,'MaxTxRate':500,"
	"'LinkState':0,'MTU':9000}}";

START_TEST(a_go_plugins_attachment_is_read_wholly_or_not)
{
	write_state("sriov", "c0ffee-net1", state);
	starve(load_state);
	remove_dir();
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("memory_sriov");
	TCase *t = tcase_create("memory_sriov");

	starve_cjson();
	tcase_add_test(t, a_go_plugins_attachment_is_read_wholly_or_not);
	suite_add_tcase(s, t);
	return s;
}
