"""wait_for_hypervisors.py TIME: returns when the four computes have reported since TIME (seconds of the epoch)."""
import datetime
import sys
import time

import openstack

cloud = openstack.connect(
    auth_url='http://127.0.0.1:5000/v3', username='admin', password='labpw', project_name='admin',
    user_domain_name='Default', project_domain_name='Default', region_name='RegionOne')
earliest = int(sys.argv[1]) - 25


def seconds(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp() if text else 0


for _ in range(600):
    up = [service for service in cloud.compute.services(binary='nova-compute')
          if service.state == 'up' and seconds(service.updated_at) > earliest]
    # Listed only once the scheduler has mapped the hosts to their cell.
    if len(up) >= 4 and len(list(cloud.compute.hypervisors())) >= 4:
        sys.exit(0)
    time.sleep(.3)
sys.exit('the computes did not report within three minutes')
