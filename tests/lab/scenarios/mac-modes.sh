# SPDX-License-Identifier: Apache-2.0
# The MAC asked for is the pod's, and the old one comes back, however the driver takes its time.
export LAB_IPV6=no
. /lab/lib.sh
need_plugins

simnic_start 2 mac_delay_ms=400
use_network 1 '{ "mac": "02:aa:bb:cc:dd:01" }'
pod p1
snapshot "$LAB_TMP/before"

# attach_as MODE WHAT
attach_as() {
	say "mac_mode $1: $2"
	echo "$1" >/sys/module/simnic/parameters/mac_mode
	simnic_log_clear # mac_has_settled reads it
	cni_add lab p1 >"$LAB_TMP/result"
	contains "the pod's link" "$(in_pod p1 ip link show net1)" 02:aa:bb:cc:dd:01
	contains "the VF's line" "$(vf_line 1)" 02:aa:bb:cc:dd:01
	[ "$1" != 1 ] || until_true 10 mac_has_settled
	contains "the pod's link a little later" "$(in_pod p1 ip link show net1)" 02:aa:bb:cc:dd:01
	cni_del lab p1
	[ "$1" != 1 ] || until_true 10 mac_has_settled
	same_now "$LAB_TMP/before" "with mac_mode $1"
}

attach_as 0 "the PF's MAC reaches the VF at once"
attach_as 1 "the VF resets itself later (i40e, iavf)"
attach_as 2 "the VF's netdev never follows (mlx5)"
attach_as 3 "the VF follows when it goes down (igbvf)"
