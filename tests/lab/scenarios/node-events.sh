# SPDX-License-Identifier: Apache-2.0
# The node starts anew, or VFs are made anew, with a pod attached: DEL, GC and the next ADD get over it.
# lab: timeout=240
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/node.sh
need_plugins

node_start

# As after a start of the node: this file is where the kernel's own number is read.
boot_again() {
	tr 0-9a-f 1-9a-f0 </proc/sys/kernel/random/boot_id >"$LAB_TMP/boot_id"
	mount --bind "$LAB_TMP/boot_id" /proc/sys/kernel/random/boot_id
}

same_boot() {
	umount /proc/sys/kernel/random/boot_id
}

# rebooted: a pod is attached, and then the node starts anew, without VFs so far
rebooted() {
	pod p1
	add p1
	pod_del p1
	until_true 10 test -e "$(vf_dir 1)/net/net1" # under the pod's name
	vfs 0
	boot_again
}

say "reboot: the VFs are there again, then comes DEL"
rebooted
vfs 2
del p1
del p1 ''
same_boot
same_now "$LAB_TMP/before" "after DEL"
next_pod "after a reboot"

say "reboot: DEL comes before the VFs"
rebooted
del p1
vfs 2
same_boot
same_now "$LAB_TMP/before" "after DEL without VFs"

say "reboot: nothing but GC comes, before the VFs"
rebooted
gc
vfs 2
same_boot
same_now "$LAB_TMP/before" "after GC"

say "reboot: the next pod's ADD comes first, then a late DEL"
rebooted
vfs 2
pod next
add next
del p1
contains "the VF's line" "$(vf_line 1)" 'vlan 7' 'trust on'
in_pod next ip link show net1 >/dev/null || fail "the late DEL took the next pod's interface"
in_pod next rdma link show | grep -q "$(vf_rdma 1)" || fail "the late DEL took the next pod's RDMA device"
del next
pod_del next
same_boot
same_now "$LAB_TMP/before" "after a late DEL"

say "sriov_numvfs cycled while attached; the pod lives"
pod p1
add p1
vfs 0
vfs 2
del p1
pod_del p1
same_now "$LAB_TMP/before" "after sriov_numvfs"
next_pod "after sriov_numvfs"

say "sriov_numvfs 0 while attached, and the VFs come back after DEL"
pod p1
add p1
vfs 0
del p1
vfs 2
pod_del p1
same_now "$LAB_TMP/before" "after sriov_numvfs 0"
