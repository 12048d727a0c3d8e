# SPDX-License-Identifier: Apache-2.0
# Numbers of uverbs devices: what moves do to them without a lock, and into a hole; what rdma makes of it.
# lab: timeout=300
export LAB_IPV6=no
. /lab/lib.sh
need_plugins

VFS=6

all_vfs() {
	vf=0
	while [ "$vf" -lt "$VFS" ]; do
		echo "$vf"
		vf=$((vf + 1))
	done
}

vf_umad() {
	for entry in "$(vf_dir "$1")"/infiniband_mad/umad*; do
		echo "${entry##*/umad}"
	done
}

# "VF=uverbs/umad" of each VF that has a driver
numbers() {
	for vf in $(all_vfs); do
		[ ! -e "$(vf_dir "$vf")/driver" ] || echo "$vf=$(vf_uverbs "$vf")/$(vf_umad "$vf")"
	done
}

# rdma_plugin VERB VF [KEYS]: the plugin alone, for the pod of the same number
rdma_plugin() {
	jq -nc --arg bdf "$(vf_bdf "$2")" --arg pod "/run/netns/p$2" --argjson keys "${3:-null}" '{
		cniVersion: "1.0.0", name: "lab", type: "rdma", deviceID: $bdf, prevResult: {
			cniVersion: "1.0.0", interfaces: [ { name: "net1", sandbox: $pod } ] } }
		+ ($keys // {})' | plugin_call rdma "$1" "c$2" "/run/netns/p$2" net1
}

# raw_return VF: what the kernel does when a pod dies
raw_return() {
	in_pod "p$1" rdma dev set "$(vf_rdma "$1")" netns host
}

restart() {
	for vf in $(all_vfs); do
		pod_del "p$vf"
	done
	simnic_stop
	start
}

start() {
	simnic_start "$VFS"
	for vf in $(all_vfs); do
		pod "p$vf"
	done
}

# iproute2 knows namespaces by name only. Whoever cleans up must not find it: our own is in there.
trap 'on_exit $?; ip netns del host' EXIT
ip netns attach host 1
start
say "without a lock, parallel moves permute the numbers"
numbers >"$LAB_TMP/promised"
round=0
while cmp -s "$LAB_TMP/promised" "$LAB_TMP/numbers" || [ "$round" = 0 ]; do
	[ "$round" -lt 30 ] || fail "no permutation in $round rounds: has the kernel changed?"
	round=$((round + 1))
	for vf in $(all_vfs); do
		rdma dev set "$(vf_rdma "$vf")" netns "p$vf" &
	done
	wait
	for vf in $(all_vfs); do
		raw_return "$vf" &
	done
	wait
	numbers >"$LAB_TMP/numbers"
done
note "reproduced in round $round: $(tr '\n' ' ' <"$LAB_TMP/numbers")"
restart

say "rdma, as much in parallel, keeps them"
numbers >"$LAB_TMP/promised"
for round in 1 2 3 4 5; do
	for verb in ADD DEL; do
		for vf in $(all_vfs); do
			rdma_plugin "$verb" "$vf" >"$LAB_TMP/reply-$vf" || cat "$LAB_TMP/reply-$vf" >>"$LAB_TMP/errors" &
		done
		wait
		[ ! -s "$LAB_TMP/errors" ] || fail "$(cat "$LAB_TMP/errors")"
		numbers >"$LAB_TMP/numbers"
		same "$LAB_TMP/promised" "$LAB_TMP/numbers" "in round $round after $verb"
	done
done

say "a device that is moved drops into a hole"
bdf=$(vf_bdf 0)
echo "$bdf" >"$(vf_dir 0)/driver/unbind"
hole=$(sed -n 's#^0=\(.*\)/.*#\1#p' "$LAB_TMP/promised")
rdma dev set "$(vf_rdma 3)" netns p3
equal "VF 3's number after a plain move" "$(vf_uverbs 3)" "$hole"
echo "$bdf" >/sys/bus/pci/drivers/simnicvf/bind
raw_return 3
restart

say "rdma refuses, and settles the number"
numbers >"$LAB_TMP/promised"
echo "$bdf" >"$(vf_dir 0)/driver/unbind"
promised=$(vf_uverbs 3)
hole=$(sed -n 's#^0=\(.*\)/.*#\1#p' "$LAB_TMP/promised")
if rdma_plugin ADD 3 >"$LAB_TMP/refusal"; then
	fail "ADD should have been refused"
fi
note "$(jq -r .msg "$LAB_TMP/refusal")"
equal "the code" "$(jq .code "$LAB_TMP/refusal")" 109
contains "the refusal" "$(cat "$LAB_TMP/refusal")" "uverbs$promised" "uverbs$hole" "delete the pod"
equal "VF 3's number" "$(vf_uverbs 3)" "$hole"
[ -e "/sys/class/infiniband/$(vf_rdma 3)" ] || fail "the device is not at home"
equal "the pod's RDMA devices" "$(in_pod p3 rdma dev show | wc -l)" 0
for vf in 1 2 4 5; do
	equal "VF $vf's number" "$(vf_uverbs "$vf")" "$(sed -n "s#^$vf=\(.*\)/.*#\1#p" "$LAB_TMP/promised")"
done

say "the next allocation sees the settled number, and it stays"
rdma_plugin ADD 3 >/dev/null
equal "VF 3's number in the pod" "$(vf_uverbs 3)" "$hole"
rdma_plugin CHECK 3 '{ "uverbsChange": "refuse" }'
rdma_plugin DEL 3
equal "VF 3's number at home" "$(vf_uverbs 3)" "$hole"

say "uverbsChange \"warn\" goes on and says so"
hole=$promised
promised=$(vf_uverbs 5)
rdma_plugin ADD 5 '{ "uverbsChange": "warn" }' >/dev/null
equal "VF 5's number in the pod" "$(vf_uverbs 5)" "$hole"
contains "the log" "$(grep level=.warning "$PLUGINS_LOG")" "has become uverbs$hole" "promised uverbs$promised"
equal "the index" "$(jq -r '.rdmaDevices[0].uverbs' "/run/cni/sriov-rdma/$(vf_bdf 5).json")" "$hole"
rdma_plugin DEL 5
[ ! -e "/run/cni/sriov-rdma/$(vf_bdf 5).json" ] || fail "the index was not removed"

say "while the kernel brings devices home, their numbers are free for moments: none is handed out"
restart
right=0 refusals=0
for round in 1 2 3 4 5; do
	for vf in 0 1 2 3 4; do
		rdma dev set "$(vf_rdma "$vf")" netns p0
	done
	promised=$(vf_uverbs 5)
	pod_del p0
	if rdma_plugin ADD 5 >"$LAB_TMP/reply"; then
		equal "VF 5's number in the pod" "$(vf_uverbs 5)" "$promised"
		right=$((right + 1))
	else
		equal "the code" "$(jq .code "$LAB_TMP/reply")" 109
		refusals=$((refusals + 1))
	fi
	rdma_plugin DEL 5
	for vf in 0 1 2 3 4 5; do
		until_true 10 test -e "/sys/class/infiniband/$(vf_rdma "$vf")"
	done
	pod p0
done
note "$right with the promised number, $refusals refused"
