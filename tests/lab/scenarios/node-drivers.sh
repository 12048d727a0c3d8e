# SPDX-License-Identifier: Apache-2.0
# PF or VF bound to another driver, PF renamed, with a pod attached: DEL, GC and the next ADD get over it.
# lab: timeout=240
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/node.sh
need_plugins

node_start vfio_stub=1

# A PF that is bound again has other MACs, so what is compared is the rest; then that is how the host is.
new_devices() {
	snapshot "$LAB_TMP/now"
	grep '^file\|^special' "$LAB_TMP/now" | diff "$LAB_TMP/files" - || fail "something is left $1"
	! vf_line 1 | grep -E 'vlan|trust on|max_tx_rate' || fail "the new VF has settings $1"
	snapshot "$LAB_TMP/before"
	next_pod "$1"
}

grep '^file\|^special' "$LAB_TMP/before" >"$LAB_TMP/files" || true

# PFs without a driver have no VFs.
say "the PF's driver unbound while attached; DEL; then bound"
pod p1
add p1
driver=$(readlink -f "$LAB_PF_DIR/driver")
echo "$LAB_PF_BDF" >"$driver/unbind"
del p1
echo "$LAB_PF_BDF" >"$driver/bind"
vfs 2
pf_up "$LAB_PF"
pod_del p1
new_devices "after the PF's driver"

say "the PF's driver unbound and bound while attached; the pod dies; GC"
pod p1
add p1
echo "$LAB_PF_BDF" >"$driver/unbind"
echo "$LAB_PF_BDF" >"$driver/bind"
vfs 2
pf_up "$LAB_PF"
pod_del p1
gc
new_devices "after the PF's driver, GC"

say "the VF bound to another driver while attached"
pod p1
add p1
vf_bind 1 vfio-pci
del p1
equal "the VF's VLAN" "$(vf_line 1 | grep -c 'vlan 7' || true)" 0
vf_bind 1 simnicvf
pod_del p1
same_now "$LAB_TMP/before" "after another driver"
next_pod "after another driver"

say "the PF renamed while attached"
pod p1
add p1
ip link set "$LAB_PF" down
ip link set "$LAB_PF" name pf-new
ip link set pf-new up
del p1
ip link set pf-new down
ip link set pf-new name "$LAB_PF"
pf_up "$LAB_PF"
pod_del p1
same_now "$LAB_TMP/before" "after the PF's name"
next_pod "after the PF's name"
