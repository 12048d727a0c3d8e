// SPDX-License-Identifier: GPL-2.0
/*
 * hooks.c - faults in operations that no driver is asked about.
 *
 * Promise: renaming a simnic netdev, moving it to another namespace, and moving a simnic RDMA
 * device can be logged, delayed, made to fail before they happen, or (moves) to happen and then
 * report failure. Devices of other drivers are never touched.
 *
 * A rename can be vetoed by a netdevice notifier. Moves cannot: there a kprobe at the start of
 * the core's function sends a call that a fault hits to a stand-in with the same arguments, which
 * runs as an ordinary function, so it may sleep and may call the real one.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "simnic.h"

static int notify(struct notifier_block *nb, unsigned long event, void *info)
{
	struct net_device *ndev = netdev_notifier_info_to_dev(info);

	if (event != NETDEV_CHANGENAME || !sim_port_is_ours(ndev))
		return NOTIFY_DONE;
	sim_log("rename %s", netdev_name(ndev));
	return notifier_from_errno(sim_fault(SIM_OP_RENAME));
}

static struct notifier_block notifier = { .notifier_call = notify };

/*
 * What a probe's handler tells the stand-in, and the stand-in the handler when it calls the real
 * function: one entry per task, since several may be moving devices at the same time.
 */
static struct ticket {
	struct task_struct *task;	/* NULL: free */
	bool pass;			/* let this task's next call through */
	struct sim_fault hit;
} tickets[32];
static DEFINE_SPINLOCK(tickets_lock);

static bool ticket_put(bool pass, const struct sim_fault *hit)
{
	unsigned long flags;
	size_t i;

	spin_lock_irqsave(&tickets_lock, flags);
	for (i = 0; i < ARRAY_SIZE(tickets) && tickets[i].task; i++)
		;
	if (i < ARRAY_SIZE(tickets)) {
		tickets[i].task = current;
		tickets[i].pass = pass;
		if (hit)
			tickets[i].hit = *hit;
	}
	spin_unlock_irqrestore(&tickets_lock, flags);
	return i < ARRAY_SIZE(tickets);
}

static bool ticket_take(bool pass, struct sim_fault *ret_hit)
{
	unsigned long flags;
	size_t i;

	spin_lock_irqsave(&tickets_lock, flags);
	for (i = 0; i < ARRAY_SIZE(tickets); i++)
		if (tickets[i].task == current && tickets[i].pass == pass)
			break;
	if (i < ARRAY_SIZE(tickets)) {
		tickets[i].task = NULL;
		if (ret_hit)
			*ret_hit = tickets[i].hit;
	}
	spin_unlock_irqrestore(&tickets_lock, flags);
	return i < ARRAY_SIZE(tickets);
}

static struct kprobe netns_probe, rdma_probe;

/*
 * In some kernels the real function has a fifth argument (an extack), backports included. It is
 * handed on as it came, which is harmless where nobody looks at it.
 */
static noinline int netns_stand_in(struct net_device *ndev, struct net *net, const char *pattern,
				   int ifindex, void *extack)
{
	int (*real)(struct net_device *, struct net *, const char *, int, void *) =
		(void *)netns_probe.addr;
	struct sim_fault hit = { };
	int ret;

	ticket_take(false, &hit);
	if (hit.delay_ms)
		msleep(hit.delay_ms);
	if (hit.err && !hit.after)
		return -hit.err;
	ticket_put(true, NULL);
	ret = real(ndev, net, pattern, ifindex, extack);
	return hit.err ? -hit.err : ret;
}

/* The real function consumes a reference on @ibdev, on failure too. */
static noinline int rdma_stand_in(struct sk_buff *skb, struct ib_device *ibdev, u32 fd)
{
	int (*real)(struct sk_buff *, struct ib_device *, u32) = (void *)rdma_probe.addr;
	struct sim_fault hit = { };
	int ret;

	ticket_take(false, &hit);
	if (hit.delay_ms)
		msleep(hit.delay_ms);
	if (hit.err && !hit.after) {
		ib_device_put(ibdev);
		return -hit.err;
	}
	ticket_put(true, NULL);
	ret = real(skb, ibdev, fd);
	return hit.err ? -hit.err : ret;
}

/*
 * 1: the call goes to @stand_in, 0: it goes on. The kernel's own move, out of a namespace that ends,
 * never fails: the kernel would take that for a bug of its own and stop.
 */
static int divert(enum sim_op op, const char *name, struct pt_regs *regs, void *stand_in)
{
	struct sim_fault hit;

	if (ticket_take(true, NULL))
		return 0;
	sim_log("%s %s", sim_op_name(op), name);
	if (current->flags & PF_KTHREAD || !sim_fault_take(op, &hit) || !ticket_put(false, &hit))
		return 0;
	instruction_pointer_set(regs, (unsigned long)stand_in);
	return 1;
}

static int netns_handler(struct kprobe *kp, struct pt_regs *regs)
{
	struct net_device *ndev = (void *)regs_get_kernel_argument(regs, 0);

	if (!sim_port_is_ours(ndev))
		return 0;
	return divert(SIM_OP_NETNS, netdev_name(ndev), regs, netns_stand_in);
}

static int rdma_handler(struct kprobe *kp, struct pt_regs *regs)
{
	struct ib_device *ibdev = (void *)regs_get_kernel_argument(regs, 1);

	if (ibdev->ops.owner != THIS_MODULE)
		return 0;
	return divert(SIM_OP_RDMA_NETNS, dev_name(&ibdev->dev), regs, rdma_stand_in);
}

/* A probe with a post handler is never turned into a jump, where changing the ip has no effect. */
static void keep_breakpoint(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe netns_probe = {
	.symbol_name = "__dev_change_net_namespace",
	.pre_handler = netns_handler,
	.post_handler = keep_breakpoint,
};

static struct kprobe rdma_probe = {
	.symbol_name = "ib_device_set_netns_put",
	.pre_handler = rdma_handler,
	.post_handler = keep_breakpoint,
};

static struct kprobe *probes[] = { &netns_probe, &rdma_probe };

int sim_hooks_init(void)
{
	int err = register_kprobes(probes, ARRAY_SIZE(probes));

	if (err) {
		pr_err("this kernel lacks a function to hook: error %d\n", err);
		return err;
	}
	err = register_netdevice_notifier(&notifier);
	if (err)
		unregister_kprobes(probes, ARRAY_SIZE(probes));
	return err;
}

void sim_hooks_exit(void)
{
	unregister_netdevice_notifier(&notifier);
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}
