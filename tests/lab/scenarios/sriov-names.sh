# SPDX-License-Identifier: Apache-2.0
# Names and alternative names, taken here and there: every row of the kernel's table (rdma-kernel.md 4.3).
# lab: timeout=240
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

simnic_start 3 rdma=0
VF=$(vf_netdev 1)
pod p1
ip link property add dev "$VF" altname vf-blue
ip link property add dev "$VF" altname 'odd%name'
ip link property add dev "$VF" altname an-alternative-name-that-is-longer-than-any-interface-name
in_pod p1 ip link add eth0 type dummy
snapshot "$LAB_TMP/before"
links_before

# Everything in the pod but the attached interface; without numbers, which the kernel gives
pod_others() {
	in_pod p1 ip -d link show | awk '/^[0-9]+: / { sub(/^[0-9]+: /, ""); name = $1 } name !~ /^net1/'
}

# comes_and_goes WHAT: ADD and DEL work, and nobody else in the pod notices
comes_and_goes() {
	say "$1"
	pod_others >"$LAB_TMP/others"
	sriov_add p1 1
	contains "the pod's link" "$(pod_link p1)" "$(vf_bdf 1)" ',UP'
	pod_others >"$LAB_TMP/others-now"
	same "$LAB_TMP/others" "$LAB_TMP/others-now" "in the pod"
	sriov_check p1
	sriov_del p1
	links_same "after: $1"
	pod_others >"$LAB_TMP/others-now"
	same "$LAB_TMP/others" "$LAB_TMP/others-now" "in the pod after DEL"
}

# stays_away WHAT: refused, and nobody notices
stays_away() {
	say "$1"
	in_pod p1 ip -d link show >"$LAB_TMP/others"
	sriov_refused 103 net1 'left alone' -- p1 1
	in_pod p1 ip -d link show >"$LAB_TMP/others-now"
	same "$LAB_TMP/others" "$LAB_TMP/others-now" "in the pod"
	sriov_del p1
	in_pod p1 ip -d link show >"$LAB_TMP/others-now"
	same "$LAB_TMP/others" "$LAB_TMP/others-now" "in the pod after DEL"
	links_same "after: $1"
}

comes_and_goes "old name free, new name free"

in_pod p1 ip link add "$VF" type dummy
comes_and_goes "old name taken in the pod, new name free"

in_pod p1 ip link add net1 type dummy
stays_away "old name taken in the pod, new name taken"
in_pod p1 ip link del "$VF"
stays_away "old name free, new name taken"
in_pod p1 ip link set net1 name other
in_pod p1 ip link property add dev other altname net1
stays_away "new name taken in the pod as an alternative name"
in_pod p1 ip link del other

in_pod p1 ip link add vf-blue type dummy
comes_and_goes "an alternative name of the VF is the name of an interface in the pod"
in_pod p1 ip link set vf-blue name other
in_pod p1 ip link property add dev other altname vf-blue
comes_and_goes "an alternative name of the VF is one of an interface in the pod"
in_pod p1 ip link del other

say "the new name is one of the VF's own alternative names"
ip link property add dev "$VF" altname net1
links_before
comes_and_goes "new name = own alternative name"
ip link property del dev "$VF" altname net1
links_before

ip link add net1 type dummy
links_before
comes_and_goes "the host has an interface of the pod's name"
ip link del net1
links_before

say "alternative names that the pod gave, one of them the VF's old name, one a host interface's"
sriov_add p1 1
in_pod p1 ip link property add dev net1 altname podname
in_pod p1 ip link property add dev net1 altname "$VF"
in_pod p1 ip link property add dev net1 altname "$LAB_PF"
sriov_del p1
links_same "after the pod gave alternative names"

say "the pod called its interface like one of the host's"
sriov_add p1 1
in_pod p1 ip link set net1 down
in_pod p1 ip link set net1 name "$LAB_PF"
sriov_del p1
links_same "after the pod renamed its interface to $LAB_PF"

# comes_back_as_other WHAT: the VF's name is taken by interface "thief" meanwhile
comes_back_as_other() {
	sriov_del p1
	contains "the VF on the host" "$(ls "$(vf_dir 1)/net")" dev
	name=$(ls "$(vf_dir 1)/net")
	note "came back as $name"
	contains "the VF" "$(ip -d link show "$name")" "$(vf_bdf 1)" vf-blue
	ip -d link show dev "$1" >"$LAB_TMP/thief-now"
	same "$LAB_TMP/thief" "$LAB_TMP/thief-now" "of the other interface"
	sriov_del p1
	# and it can be attached again
	sriov_add p1 1
	sriov_del p1
	equal "the VF's name" "$(ls "$(vf_dir 1)/net")" "$name"
	ip link del "$1"
	ip link set "$name" name "$VF"
	links_same "after the name was given back"
}

say "the VF's host name is taken when it returns"
sriov_add p1 1
ip link add "$VF" type dummy
ip -d link show dev "$VF" >"$LAB_TMP/thief"
comes_back_as_other "$VF"

say "the VF's host name is another's alternative name when it returns"
sriov_add p1 1
ip link add thief type dummy
ip link property add dev thief altname "$VF"
ip -d link show dev thief >"$LAB_TMP/thief"
comes_back_as_other thief

say "an alternative name of the VF is taken when it returns"
sriov_add p1 1
ip link add vf-blue type dummy
sriov_del p1
contains "the VF" "$(ip -d link show "$VF")" 'odd%name' an-alternative-name
ip link del vf-blue
ip link property add dev "$VF" altname vf-blue
links_same "after the alternative name was given back"

say "a pattern is no name"
refused sriov_add p1 1 '{}' 'net%d'
contains "the error" "$(cat "$LAB_TMP/result")" '"code":4' '%'
links_same
pod_del p1
pod p1
in_pod p1 ip link add eth0 type dummy
same_now "$LAB_TMP/before"
