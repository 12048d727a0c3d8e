// SPDX-License-Identifier: GPL-2.0
/*
 * fault.c - make the n-th call of an operation fail or take long, and log every call.
 *
 * Promise: /sys/kernel/debug/simnic/fault takes one fault per operation (syntax in README.md);
 * /sys/kernel/debug/simnic/log shows, in order and time-stamped, each operation that simnic was
 * asked to do and each fault that hit, so a test can assert what was done and in which order.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "simnic.h"

#define LOG_LINES	4096	/* then the oldest are overwritten */

struct log_line {
	u64 ns;
	char text[88];
};

static const char * const op_names[SIM_OP_NUM] = {
	[SIM_OP_VF_MAC] = "vf_mac",
	[SIM_OP_VF_VLAN] = "vf_vlan",
	[SIM_OP_VF_RATE] = "vf_rate",
	[SIM_OP_VF_SPOOFCHK] = "vf_spoofchk",
	[SIM_OP_VF_TRUST] = "vf_trust",
	[SIM_OP_VF_LINK] = "vf_link",
	[SIM_OP_VF_RSS] = "vf_rss",
	[SIM_OP_VF_GUID] = "vf_guid",
	[SIM_OP_VF_GET] = "vf_get",
	[SIM_OP_OPEN] = "open",
	[SIM_OP_SET_MAC] = "set_mac",
	[SIM_OP_MTU] = "mtu",
	[SIM_OP_RENAME] = "rename",
	[SIM_OP_NETNS] = "netns",
	[SIM_OP_RDMA_NETNS] = "rdma_netns",
	[SIM_OP_SRIOV] = "sriov",
	[SIM_OP_PROBE] = "probe",
};

static struct sim_fault faults[SIM_OP_NUM];
static struct log_line *log_lines;
static unsigned int log_count;
/* Guards all of the above; taken in kprobe handlers, so nothing under it may be probed or sleep. */
static DEFINE_SPINLOCK(lock);
static struct dentry *dir;

const char *sim_op_name(enum sim_op op)
{
	return op_names[op];
}

void sim_log(const char *fmt, ...)
{
	struct log_line *line;
	unsigned long flags;
	va_list ap;

	va_start(ap, fmt);
	spin_lock_irqsave(&lock, flags);
	line = &log_lines[log_count++ % LOG_LINES];
	line->ns = ktime_get_ns();
	vsnprintf(line->text, sizeof(line->text), fmt, ap);
	spin_unlock_irqrestore(&lock, flags);
	va_end(ap);
}

/* Is @op's fault due now? Then count it and hand it out. Callable from atomic context. */
bool sim_fault_take(enum sim_op op, struct sim_fault *ret_hit)
{
	struct sim_fault *f = &faults[op];
	unsigned long flags;
	bool due = false;

	spin_lock_irqsave(&lock, flags);
	if (f->count && f->skip > 0) {
		f->skip--;
	} else if (f->count) {
		if (f->count > 0)
			f->count--;
		*ret_hit = *f;
		due = true;
	}
	spin_unlock_irqrestore(&lock, flags);
	if (due)
		sim_log("FAULT %s -%d delay %d%s", op_names[op], ret_hit->err, ret_hit->delay_ms,
			ret_hit->after ? " after" : "");
	return due;
}

/*
 * 0, or the negative errno that this call of @op shall return; @ret_go: when it has done what it
 * was asked for. May sleep.
 */
int sim_fault_or_go(enum sim_op op, bool *ret_go)
{
	struct sim_fault hit;

	*ret_go = true;
	if (!sim_fault_take(op, &hit))
		return 0;
	if (hit.delay_ms)
		msleep(hit.delay_ms);
	*ret_go = hit.after || !hit.err;
	return -hit.err;
}

/* The same for operations that cannot fail once they are done. */
int sim_fault(enum sim_op op)
{
	bool go;

	return sim_fault_or_go(op, &go);
}

static int fault_show(struct seq_file *s, void *unused)
{
	int i;

	for (i = 0; i < SIM_OP_NUM; i++)
		seq_printf(s, "%s errno=%d count=%d skip=%d delay=%d after=%d\n", op_names[i],
			   faults[i].err, faults[i].count, faults[i].skip, faults[i].delay_ms,
			   faults[i].after);
	return 0;
}

static int fault_set(const char *op, const struct sim_fault *f)
{
	int i;

	for (i = 0; i < SIM_OP_NUM; i++) {
		if (strcmp(op, op_names[i]))
			continue;
		spin_lock_irq(&lock);
		faults[i] = *f;
		spin_unlock_irq(&lock);
		return 0;
	}
	return -ENOENT;
}

static void fault_clear(void)
{
	spin_lock_irq(&lock);
	memset(faults, 0, sizeof(faults));
	spin_unlock_irq(&lock);
}

static int fault_parse(const char *line)
{
	struct sim_fault f = { .count = 1 };
	char op[20];
	int after = 0;

	if (!strncmp(line, "clear", 5)) {
		fault_clear();
		return 0;
	}
	if (sscanf(line, "%19s %d %d %d %d %d", op, &f.err, &f.count, &f.skip, &f.delay_ms,
		   &after) < 2)
		return -EINVAL;
	f.after = after;
	return fault_set(op, &f);
}

static ssize_t fault_write(struct file *file, const char __user *ubuf, size_t n, loff_t *pos)
{
	char line[80];
	int err;

	if (n >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, ubuf, n))
		return -EFAULT;
	line[n] = '\0';
	err = fault_parse(line);
	return err ? err : n;
}

static int fault_open(struct inode *inode, struct file *file)
{
	return single_open(file, fault_show, NULL);
}

static const struct file_operations fault_fops = {
	.owner = THIS_MODULE,
	.open = fault_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = fault_write,
};

static int log_show(struct seq_file *s, void *unused)
{
	unsigned int i = log_count > LOG_LINES ? log_count - LOG_LINES : 0;

	for (; i < log_count; i++) {
		const struct log_line *line = &log_lines[i % LOG_LINES];

		seq_printf(s, "%llu.%06llu %s\n", line->ns / NSEC_PER_SEC,
			   line->ns % NSEC_PER_SEC / NSEC_PER_USEC, line->text);
	}
	return 0;
}

/* Writing anything forgets what was logged. */
static ssize_t log_write(struct file *file, const char __user *ubuf, size_t n, loff_t *pos)
{
	spin_lock_irq(&lock);
	log_count = 0;
	spin_unlock_irq(&lock);
	return n;
}

static int log_open(struct inode *inode, struct file *file)
{
	return single_open(file, log_show, NULL);
}

static const struct file_operations log_fops = {
	.owner = THIS_MODULE,
	.open = log_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = log_write,
};

int sim_fault_init(void)
{
	log_lines = vzalloc(array_size(LOG_LINES, sizeof(*log_lines)));
	if (!log_lines)
		return -ENOMEM;
	dir = debugfs_create_dir("simnic", NULL);
	debugfs_create_file("fault", 0600, dir, NULL, &fault_fops);
	debugfs_create_file("log", 0600, dir, NULL, &log_fops);
	return 0;
}

void sim_fault_exit(void)
{
	debugfs_remove(dir);
	vfree(log_lines);
}
