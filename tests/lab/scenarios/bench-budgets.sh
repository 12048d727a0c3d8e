# SPDX-License-Identifier: Apache-2.0
# What ADD and DEL of both plugins ask of the kernel stays within tests/bench/budgets, with 128 VFs as with 8.
# lab: kernels=6.12
. /lab/lib.sh
need_plugins
[ -x /lab/count ] || fail "count is not built; remedy: ninja -C build/release"

conf() { # VF TYPE [PREV_RESULT]
	jq -nc --arg bdf "$(vf_bdf "$1")" --argjson prev "${3:-null}" --arg type "$2" '
		{ cniVersion: "1.0.0", name: "lab", type: $type, deviceID: $bdf }
		+ if $prev then { prevResult: $prev } else {} end'
}

# counted PLUGIN VERB: the counts in $to/PLUGIN.VERB, the answer on stdout
counted() {
	env -i PATH="$PATH" CNI_PATH="$CNI_PATH" CNI_COMMAND="$2" CNI_CONTAINERID=c1 \
		CNI_NETNS=/run/netns/p1 CNI_IFNAME=net1 /lab/count "$CNI_PATH/$1" \
		<"$LAB_TMP/conf.$1" 2>"$LAB_TMP/stderr" || fail "$1 $2: $(cat "$LAB_TMP/stderr")"
	tail -n 1 "$LAB_TMP/stderr" | tr ' ' '\n' >"$to/$1.$2"
}

# round VF DIRECTORY: an attachment, its counts in the directory
round() {
	to=$2
	mkdir -p "$to"
	conf "$1" sriov >"$LAB_TMP/conf.sriov"
	counted sriov ADD >"$LAB_TMP/result"
	conf "$1" rdma "$(cat "$LAB_TMP/result")" >"$LAB_TMP/conf.rdma"
	counted rdma ADD >"$LAB_TMP/result"
	counted rdma DEL
	counted sriov DEL
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

# check_flat KEY...: with many VFs at most 1.10 times what it is with few
check_flat() {
	for file in "$LAB_TMP"/many/*; do
		for key; do
			few=$(sed -n "s/^$key=//p" "$LAB_TMP/few/${file##*/}")
			many=$(sed -n "s/^$key=//p" "$file")
			note "${file##*/}: $key $few with 8 VFs, $many with 128"
			[ $((many * 100)) -le $((few * 110)) ] || echo "${file##*/}: $key is $few with 8 VFs, $many with 128"
		done
	done >"$LAB_TMP/flat"
	cat "$LAB_TMP/flat"
	! grep -v '^ ' "$LAB_TMP/flat" >"$LAB_TMP/exceeded" || fail "$(cat "$LAB_TMP/exceeded")"
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
