# SPDX-License-Identifier: Apache-2.0
# What ADD and DEL of both plugins ask of the kernel stays within tests/bench/budgets, with 128 VFs as with 8.
# lab: kernels=6.12
. /lab/lib.sh
. /lab/bench.sh
need_plugins
[ -x /lab/count ] || fail "count is not built; remedy: ninja -C build/release"

# The counts go to $to/PLUGIN.VERB.
counted() {
	bench_call "$1" "$2" /lab/count
	tail -n 1 "$LAB_TMP/stderr" | tr ' ' '\n' >"$to/$1.$2"
}

# round VF DIRECTORY
round() {
	to=$2
	mkdir -p "$to"
	bench_round "$1"
}

tell() { # DIRECTORY
	for file in "$1"/*; do
		note "${file##*/}: $(tr '\n' ' ' <"$file")"
	done
}

# A line of the file: PLUGIN VERB KEY at-most|exactly NUMBER
check_budgets() {
	while read -r plugin verb key how number _; do
		case $plugin in
		'#'* | '') continue ;;
		esac
		got=$(sed -n "s/^$key=//p" "$LAB_TMP/few/$plugin.$verb")
		note "$plugin $verb: $key $got ($how $number)"
		case $how in
		exactly) [ "$got" = "$number" ] || echo "$plugin $verb: $key is $got, not $number" ;;
		*) [ "$got" -le "$number" ] || echo "$plugin $verb: $key is $got, more than $number" ;;
		esac >>"$LAB_TMP/exceeded"
	done </lab/budgets
	[ ! -s "$LAB_TMP/exceeded" ] || fail "$(cat "$LAB_TMP/exceeded")"
}

pod p1
simnic_start 8
say "8 VFs: the first round makes directories"
round 3 "$LAB_TMP/first"
round 3 "$LAB_TMP/few"
counted sriov VERSION >"$LAB_TMP/result"
counted rdma VERSION >"$LAB_TMP/result"
tell "$LAB_TMP/few"
check_budgets
simnic_stop

say "128 VFs: the first round looks for the RDMA device's index"
simnic_start 128 totalvfs=256
round 127 "$LAB_TMP/first"
tell "$LAB_TMP/first"
round 127 "$LAB_TMP/many"
check_flat calls sent received
