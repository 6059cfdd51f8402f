"""The cloud as a user of Chameleon finds it: an image, the networks sharednet1 and public, the flavour, reservable hosts."""
import time

import openstack

NOVA = 'http://127.0.0.1:8774/v2.1'
BLAZAR = 'http://127.0.0.1:1234/v1'
NODE_TYPES = {
    'chi-node-1': 'compute_haswell_ib',
    'chi-node-2': 'compute_haswell_ib',
    'chi-node-3': 'compute_haswell_ib',
    'chi-node-4': 'gpu_p100',
}

cloud = openstack.connect(
    auth_url='http://127.0.0.1:5000/v3', username='admin', password='labpw', project_name='admin',
    user_domain_name='Default', project_domain_name='Default', region_name='RegionOne')
cloud.image.create_image(
    name='CC-Ubuntu24.04', disk_format='raw', container_format='bare', visibility='public', data=b'\0' * 2**20)


def network(name, physical, cidr, **options):
    made = cloud.network.create_network(
        name=name, provider_network_type='flat', provider_physical_network=physical, **options)
    cloud.network.create_subnet(
        name=f'{name}-subnet', network_id=made.id, ip_version=4, cidr=cidr,
        enable_dhcp=not options.get('is_router_external', False))
    return made


public = network('public', 'public', '192.0.2.0/24', is_router_external=True)
network('sharednet1', 'physnet1', '10.140.80.0/22', is_shared=True)
router = cloud.network.create_router(
    name='sharednet1-router', external_gateway_info={'network_id': public.id})
cloud.network.add_interface_to_router(
    router, subnet_id=cloud.network.find_subnet('sharednet1-subnet').id)
cloud.compute.create_flavor(name='baremetal', vcpus=2, ram=8192, disk=1000)
cloud.compute.create_aggregate(name='freepool')

for host, node_type in NODE_TYPES.items():
    for _ in range(120):  # 404 until nova-scheduler has mapped the host to the cell
        answer = cloud.session.get(f'{NOVA}/os-hypervisors/{host}/servers', raise_exc=False)
        if answer.status_code == 200:
            break
        time.sleep(1)
    answer = cloud.session.post(
        f'{BLAZAR}/os-hosts',
        json={'name': host, 'node_type': node_type, 'gpu.gpu': str('gpu' in node_type)}, raise_exc=False)
    if answer.status_code != 201:
        raise SystemExit(f'{host} was not added to Blazar: {answer.status_code} {answer.text}')
