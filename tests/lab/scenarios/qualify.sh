# SPDX-License-Identifier: Apache-2.0
# scripts/qualify passes on a VF of the simulated NIC, finds a plugin that leaves something, and refuses a VF in use.
# lab: timeout=180
# lab: kernels=6.12
. /lab/lib.sh
need_plugins

REPORT=$LAB_TMP/report
BROKEN=$LAB_TMP/broken

# try STATUS WORDS...: what it said is then in $LAB_TMP/said
try() {
	wanted=$1
	shift
	try_status=0
	/lab/qualify "$@" --out "$REPORT" >"$LAB_TMP/said" 2>&1 || try_status=$?
	[ "$try_status" = "$wanted" ] || {
		cat "$LAB_TMP/said" "$REPORT"
		fail "qualify ended with $try_status, not $wanted"
	}
}

simnic_start 2
/lab/vf-setup "$LAB_PF" 2 --apply >"$LAB_TMP/said"
snapshot "$LAB_TMP/before"

say "passes"
timed qualify try 0 "$(vf_bdf 1)" --rounds 1
cat "$REPORT"
contains "the report" "$(cat "$REPORT")" PASSED "$(vf_bdf 1)" "RDMA device $(vf_rdma 1)" 'netns exclusive'
equal "its steps" "$(grep -c '^ok: ' "$REPORT")" 10
same_now "$LAB_TMP/before" "after qualify"

say "a plugin that leaves a VLAN is found"
mkdir "$BROKEN"
cp "$CNI_PATH/rdma" "$BROKEN/"
cat >"$BROKEN/sriov" <<BROKEN
#!/bin/sh
"$CNI_PATH/sriov" || exit
[ "\$CNI_COMMAND" != DEL ] || ip link set "$LAB_PF" vf 1 vlan 7
BROKEN
chmod +x "$BROKEN/sriov"
try 1 "$(vf_bdf 1)" --bin "$BROKEN"
contains "the report" "$(cat "$REPORT")" 'FAILED: the VF is not as it was after DEL' 'vlan 7'
ip link set "$LAB_PF" vf 1 vlan 0

say "what cannot be tried"
try 2 "$LAB_PF_BDF"
contains "the refusal of a PF" "$(cat "$LAB_TMP/said")" 'is not a VF' remedy
try 2 0000:ff:00.0
contains "the refusal of nothing" "$(cat "$LAB_TMP/said")" 'no device'
pod p1
ip link set "$(vf_netdev 1)" netns p1
try 2 "$(vf_bdf 1)"
contains "the refusal of a VF in a pod" "$(cat "$LAB_TMP/said")" 'is in a pod'
pod_del p1
