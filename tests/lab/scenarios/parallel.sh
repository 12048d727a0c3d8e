# SPDX-License-Identifier: Apache-2.0
# 64 VFs are attached by 8 workers at a time and released; no uverbs number changes, nothing is left.
# lab: timeout=900
export LAB_IPV6=no
. /lab/lib.sh
need_plugins

VFS=64
WORKERS=8

# every Nth VF from the worker's own on: each_vf WORKER COMMAND...
each_vf() {
	each_n=$1
	each_worker=$1
	shift
	while [ "$each_n" -lt "$VFS" ]; do
		LAB_WORKER=$each_worker NETCONFPATH=$LAB_TMP/net/$each_n "$@" "$each_n" ||
			echo "VF $each_n: $*" >>"$LAB_TMP/errors"
		each_n=$((each_n + WORKERS))
	done
}

in_parallel() {
	worker=0
	while [ "$worker" -lt "$WORKERS" ]; do
		each_vf "$worker" "$@" &
		worker=$((worker + 1))
	done
	wait
	[ ! -s "$LAB_TMP/errors" ] || fail "$(cat "$LAB_TMP/errors")"
}

attach() {
	cni_add lab "p$1" >"$LAB_TMP/result-$1" 2>>"$LAB_TMP/errors"
}

detach() {
	cni_del lab "p$1" 2>>"$LAB_TMP/errors"
}

check() {
	equal "VF $1's uverbs number" "$(vf_uverbs "$1")" "$(cat "$LAB_TMP/promised-$1")"
	contains "pod p$1's rdma link" "$(in_pod "p$1" rdma link show)" "$(vf_rdma "$1")/1 " 'netdev net1'
}

simnic_start "$VFS"
network 0 '{ "vlan": 7, "trust": "on" }' >"$LAB_TMP/template"
n=0
while [ "$n" -lt "$VFS" ]; do
	pod "p$n"
	mkdir -p "$LAB_TMP/net/$n"
	sed "s/$(vf_bdf 0)/$(vf_bdf "$n")/" "$LAB_TMP/template" >"$LAB_TMP/net/$n/lab.conflist"
	vf_uverbs "$n" >"$LAB_TMP/promised-$n"
	n=$((n + 1))
done
snapshot "$LAB_TMP/before"

say "$WORKERS workers attach $VFS VFs"
timed "ADD of all" in_parallel attach
n=0
while [ "$n" -lt "$VFS" ]; do
	check "$n"
	n=$((n + 1))
done
addresses=$(jq -r '.ips[].address' "$LAB_TMP"/result-* | sort -u | wc -l)
equal "different addresses" "$addresses" "$VFS"

say "and release them; rdma-random attaches again what was released"
timed "DEL of all" in_parallel detach
same_now "$LAB_TMP/before" "after all were released"
