"""The region's services, the project CH-000001 with alice (member), bob (reader) and carol (no role), and CH-000002 with dave.
Writes clouds.yaml with an application credential of each of alice, bob and dave."""
import os

import openstack

ADDRESS = 'http://127.0.0.1:5000/v3'
COMMON = dict(auth_url=ADDRESS, password='labpw', user_domain_name='Default', project_domain_name='Default')
ENDPOINTS = {
    'placement': ('placement', 'http://127.0.0.1:8778'),
    'glance': ('image', 'http://127.0.0.1:9292'),
    'nova': ('compute', 'http://127.0.0.1:8774/v2.1'),
    'neutron': ('network', 'http://127.0.0.1:9696'),
    'blazar': ('reservation', 'http://127.0.0.1:1234/v1'),
}
PEOPLE = {'CH-000001': {'alice': ['member'], 'bob': ['reader'], 'carol': []}, 'CH-000002': {'dave': ['member']}}

admin = openstack.connect(username='admin', project_name='admin', region_name='RegionOne', **COMMON)
identity = admin.identity
roles = {role.name: role for role in identity.roles()}


def role(name):
    return roles.get(name) or roles.setdefault(name, identity.create_role(name=name))


service_project = identity.create_project(name='service', domain_id='default')
for name, (kind, url) in ENDPOINTS.items():
    user = identity.create_user(
        name=name, password='labpw', domain_id='default', default_project_id=service_project.id)
    for role_name in ('admin', 'service'):
        identity.assign_project_role_to_user(service_project, user, role(role_name))
    service = identity.create_service(name=name, type=kind)
    for interface in ('public', 'internal', 'admin'):
        identity.create_endpoint(service_id=service.id, interface=interface, url=url, region_id='RegionOne')

lines = ['clouds:']
for project_name, people in PEOPLE.items():
    project = identity.create_project(name=project_name, domain_id='default')
    for person, role_names in people.items():
        user = identity.create_user(
            name=person, password='labpw', domain_id='default', default_project_id=project.id)
        for role_name in role_names:
            identity.assign_project_role_to_user(project, user, role(role_name))
        if not role_names:
            continue
        own = openstack.connect(username=person, project_name=project_name, **COMMON)
        credential = own.identity.create_application_credential(
            own.current_user_id, name='testbed', unrestricted=True)
        lines += [
            f'  {person}:',
            '    auth_type: v3applicationcredential',
            '    region_name: RegionOne',
            '    auth:',
            f'      auth_url: {ADDRESS}',
            f'      application_credential_id: {credential.id}',
            f'      application_credential_secret: {credential.secret}',
        ]
with open(os.path.join(os.environ['LAB'], 'var', 'clouds.yaml'), 'w') as file:
    file.write('\n'.join(lines) + '\n')
