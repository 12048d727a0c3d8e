// SPDX-License-Identifier: Apache-2.0
#include "fault.h"

#include <string.h>

/*
 * What each kind of call can plausibly fail with; driver errnos where a driver
 * is asked, resource errnos where memory or files are.
 */
static const struct fake_kind kinds[] = {
	{ "caps.check", false, false, { EPERM } },
	{ "caps.drop", false, false, { EPERM } },
	{ "netns.open", false, false, { EMFILE, EACCES } },
	{ "netns.self", false, false, { EMFILE } },
	{ "netns.enter", false, false, { EPERM, ENOMEM } },
	{ "nl.open", false, false, { EMFILE, ENOMEM } },
	{ "link.get", false, false, { ENOBUFS, EIO } },
	{ "link.find", false, false, { ENOBUFS, EIO } },
	{ "link.parent", false, false, { ENOBUFS, EINTR } },
	{ "link.set", true, true, { EBUSY, EIO, EOPNOTSUPP, EPERM } },
	{ "link.altname+", true, false, { ENOMEM, EOPNOTSUPP } },
	{ "link.altname-", true, false, { ENOMEM, EOPNOTSUPP } },
	{ "link.attrs", true, false, { ENOMEM, EINVAL } },
	{ "link.uppers", false, false, { ENOBUFS } },
	{ "link.delete", true, false, { EBUSY } },
	{ "link.wait", false, false, { ETIMEDOUT, ENOBUFS } },
	{ "inet.addrs", true, true, { ENOBUFS, EPERM } },
	{ "inet.routes", true, true, { ENOBUFS, ENETUNREACH } },
	{ "inet.dad", false, false, { ETIMEDOUT, EADDRINUSE, ENOBUFS } },
	{ "inet.addr?", false, false, { ENOBUFS } },
	{ "inet.route?", false, false, { ENOBUFS } },
	{ "announce", false, false, { ENETDOWN } },
	{ "sysctl.set", true, true, { EACCES, EROFS } },
	{ "vf.get", false, false, { ENODEV, ENOBUFS, EIO } },
	/* EMSGSIZE: more VFs than an attribute holds */
	{ "vf.find", false, false, { ENODEV, EMSGSIZE } },
	{ "vf.set", true, true, { EBUSY, EIO, EOPNOTSUPP, EPERM, EAGAIN } },
	{ "rdma.mode", false, false, { EIO, EMFILE } },
	{ "rdma.get", false, false, { ENOBUFS } },
	{ "rdma.find", false, false, { ENOBUFS } },
	{ "rdma.list", false, false, { ENOBUFS } },
	{ "rdma.port", false, false, { ENOBUFS } },
	{ "rdma.netdev", false, false, { ENOBUFS } },
	{ "rdma.move", true, false, { ENOMEM, EPERM, EIO } },
	{ "rdma.rename", true, false, { ENOMEM, EPERM } },
	{ "nic.each", false, false, { EIO, EMFILE } },
	{ "nic.vf", false, false, { EIO, EMFILE } },
	{ "nic.ids", false, false, { EIO, EMFILE } },
	{ "netns.each", false, false, { EIO, EMFILE } },
	{ "pci.sysfs", false, false, { EACCES } },
	{ "pci.get", false, false, { EIO, EMFILE } },
	{ "pci.uplink", false, false, { EIO, EMFILE } },
	{ "pci.rdma", false, false, { EIO, EMFILE, EAGAIN } },
	{ "pci.switch", false, false, { EIO, EMFILE } },
	{ "pci.vacancy", false, false, { EIO, EMFILE } },
	{ "devlink", false, false, { ENOBUFS, EMFILE } },
	{ "pci.uverbs", false, false, { EIO, EMFILE } },
	{ "pci.umad", false, false, { EIO, EMFILE } },
	{ "pci.owner", false, false, { EIO, EMFILE } },
	{ "gid.open", false, false, { EPERM, EMFILE } },
	{ "gid.look", false, false, { EIO, EMFILE } },
	{ "gid.rebuild", true, false, { ENOBUFS, EPERM } },
	{ "node.boot", false, false, { EIO, EMFILE } },
	/* The product's libc calls: wrap.c */
	{ "file.open", false, false, { EIO, EMFILE, EACCES } },
	{ "file.create", true, false, { ENOSPC, EROFS, EMFILE } },
	{ "file.read", false, false, { EIO } },
	{ "file.stat", false, false, { EIO } },
	{ "file.list", false, false, { EIO } },
	{ "file.write", true, true, { ENOSPC, EIO } },
	{ "file.fsync", true, false, { EIO } },
	{ "file.rename", true, false, { EIO, ENOSPC } },
	{ "file.unlink", true, false, { EIO, EROFS } },
	{ "file.mkdir", true, false, { ENOSPC, EROFS } },
	{ "file.link", true, false, { ENOSPC, EROFS } },
	{ "file.attr", true, false, { EIO, EPERM } },
	{ "file.lock", true, false, { ENOLCK } },
	{ "reply", true, true, { EPIPE, EIO } },
	{ "spawn", true, false, { EAGAIN, ENOMEM, EMFILE } },
	/* tests/golden/delegates/lease.c: errno stands for an error document */
	{ "delegate.ADD", true, false, { EIO } },
	{ "delegate.DEL", true, false, { EIO } },
	{ "delegate.CHECK", false, false, { EIO } },
	{ "delegate.GC", true, false, { EIO } },
	{ "delegate.STATUS", false, false, { EIO } },
};

const struct fake_kind *fake_kind_find(const char *name)
{
	for (size_t i = 0; i < array_size(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}
