# SPDX-License-Identifier: Apache-2.0
# The plugins give up what no verb needs; the delegate gets what they were started with; what they keep is enough.
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

simnic_start 2
pod p1
snapshot "$LAB_TMP/before"

# CAP_DAC_OVERRIDE, NET_ADMIN, NET_RAW, SYS_PTRACE, SYS_ADMIN
KEPT=0000000000283002
KEPT_WORDS='1<<CAP_DAC_OVERRIDE|1<<CAP_NET_ADMIN|1<<CAP_NET_RAW|1<<CAP_SYS_PTRACE|1<<CAP_SYS_ADMIN'

# What it and its caller may do, and then lease's work
mkdir "$LAB_TMP/bin"
cat >"$LAB_TMP/bin/told" <<'TOLD'
#!/bin/sh
grep -E '^(Cap|NoNewPrivs)' /proc/self/status >/tmp/lab/told
cat /proc/self/limits >>/tmp/lab/told
grep -E '^Cap(Prm|Eff)' "/proc/$PPID/status" >/tmp/lab/caller
exec /opt/cni/bin/lease
TOLD
chmod +x "$LAB_TMP/bin/told"
conf=$(jq -nc --arg bdf "$(vf_bdf 1)" '{ cniVersion: "1.0.0", name: "lab", type: "sriov", deviceID: $bdf,
	ipam: { type: "told" } }')

# started VERB COMMAND...: as a runtime starts a plugin
started() {
	started_verb=$1
	shift
	echo "$conf" | env -i PATH="$PATH" CNI_PATH="$LAB_TMP/bin" CNI_COMMAND="$started_verb" CNI_CONTAINERID=c1 \
		CNI_NETNS=/run/netns/p1 CNI_IFNAME=net1 "$@" >"$LAB_TMP/reply" 2>>"$PLUGINS_LOG" ||
		fail "$started_verb: $(cat "$LAB_TMP/reply")"
}

# gets_all WITH...: the delegate has what it would have without a plugin between, and the plugin had less
gets_all() {
	started GC "$@" "$LAB_TMP/bin/told"
	mv "$LAB_TMP/told" "$LAB_TMP/alone"
	for verb in ADD DEL; do
		started "$verb" "$@" "$CNI_PATH/sriov"
		diff -u "$LAB_TMP/alone" "$LAB_TMP/told" || fail "the delegate of $verb does not get what the plugin had"
		contains "what sriov keeps for $verb" "$(cat "$LAB_TMP/caller")" "CapEff:	$KEPT"
		rm "$LAB_TMP/told" "$LAB_TMP/caller"
	done
}

say "the delegate's capabilities and limits"
gets_all env
say "the same with no_new_privs, when nobody can get more than the caller's"
gets_all setpriv --nnp
say "the same with an ambient capability, and fewer open files"
# shellcheck disable=SC2016 # for the shell inside
gets_all setpriv --inh-caps +sys_time --ambient-caps +sys_time sh -c 'ulimit -n 512; exec "$0"'
grep -q '^CapAmb:.*2000000$' "$LAB_TMP/alone" || fail "no ambient capability to look for: $(cat "$LAB_TMP/alone")"

say "what each plugin gives up, before it reads its input"
for plugin in sriov rdma; do
	started DEL strace -qq -e trace=capset,read -o "$LAB_TMP/trace" "$CNI_PATH/$plugin"
	line=$(head -n 1 "$LAB_TMP/trace")
	note "$plugin: $line"
	contains "$plugin's first call" "$line" capset "effective=$KEPT_WORDS, permitted=" '= 0'
	case $plugin/$line in
	rdma/*"permitted=$KEPT_WORDS, "* | sriov/*) ;;
	*) fail "rdma runs nobody, and keeps what it does not need: $line" ;;
	esac
done
started VERSION strace -qq -e trace=capset -o "$LAB_TMP/trace" "$CNI_PATH/rdma"
[ ! -s "$LAB_TMP/trace" ] || fail "VERSION does what nobody needs: $(cat "$LAB_TMP/trace")"

say "enough for what is somebody else's: a log file, the directory of a pod's namespace"
mkdir "$LAB_TMP/private"
: >"$LAB_TMP/private/log"
: >"$LAB_TMP/private/ns"
mount --bind /run/netns/p1 "$LAB_TMP/private/ns"
chmod 600 "$LAB_TMP/private/log"
chown -R 1000:1000 "$LAB_TMP/private/log"
chmod 700 "$LAB_TMP/private"
chown 1000:1000 "$LAB_TMP/private"
sriov_add "$LAB_TMP/private/ns" 1 "{ \"logLevel\": \"info\", \"logFile\": \"$LAB_TMP/private/log\" }"
sriov_check "$LAB_TMP/private/ns"
sriov_del "$LAB_TMP/private/ns"
grep -q attached "$LAB_TMP/private/log" || fail "nothing is in the log"
umount "$LAB_TMP/private/ns"

say "and for a namespace without a name, of a process that has more capabilities than the plugins use"
unshare --net sleep 1000 >/dev/null 2>&1 &
sleeper=$!
until_true 10 sh -c "[ \"\$(readlink /proc/$sleeper/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
sriov_add "/proc/$sleeper/ns/net" 1
sriov_check "/proc/$sleeper/ns/net"
sriov_del "/proc/$sleeper/ns/net"
kill "$sleeper"
wait "$sleeper" || true

same_now "$LAB_TMP/before"
