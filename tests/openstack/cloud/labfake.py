"""nova.virt.labfake: copied into site-packages/nova/virt/ (compute_driver must live below nova.virt).

One bare-metal-like node for each nova-compute, with its uuid kept in state_path (survives restarts). A file
var/behaviour/SERVER says how a server of that name goes: `seconds N` delays its build, `fail` lets it end in
ERROR. A file var/console/SERVER is what its console shows; without one it shows what cloud-init reports of a host key.
"""
import base64
import hashlib
import os
import time

from nova import exception
from nova.virt import fake

CONSOLE = """cloud-init[612]: Cloud-init v. 24.4 finished
-----BEGIN SSH HOST KEY KEYS-----
ssh-ed25519 %s root@%s
-----END SSH HOST KEY KEYS-----
"""


def told(folder, name):
    path = os.path.join(os.environ["LAB"], "var", folder, os.path.basename(name))
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


def host_key(name):
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0 " + hashlib.sha256(name.encode()).digest()
    return base64.b64encode(blob).decode()


class LabFakeDriver(fake.FakeDriverWithoutFakeNodes):
    vcpus = 2
    memory_mb = 8192
    local_gb = 1028

    def spawn(self, context, instance, *args, **kwargs):
        words = (told("behaviour", instance.display_name) or "").split()
        if words[:1] == ["seconds"]:
            time.sleep(float(words[1]))
        if words[:1] == ["fail"]:
            raise exception.BuildAbortException(
                instance_uuid=instance.uuid, reason="lab: provisioning failed")
        return super().spawn(context, instance, *args, **kwargs)

    def get_console_output(self, context, instance):
        name = instance.display_name
        return told("console", name) or CONSOLE % (host_key(name), name)
