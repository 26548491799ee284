"""The Python client of Kubernetes, one row at a time: reads a row's name from a line of stdin, answers a line of JSON."""

import json
import sys
import traceback

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import portforward

NAMESPACE = sys.argv[1]
SPLITS = ("networking.istio.io", "v1", NAMESPACE, "virtualservices")

config.load_kube_config()
core = client.CoreV1Api()
apps = client.AppsV1Api()
custom = client.CustomObjectsApi()


def split(name):
    route = [{"destination": {"host": "myapp", "subset": f"v{n}"}, "weight": 50} for n in (1, 2)]
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name},
        "spec": {"hosts": ["myapp.example.com"], "http": [{"route": route}]},
    }


def pod_of(version):
    return core.list_namespaced_pod(NAMESPACE, label_selector=f"version={version}").items[0].metadata.name


def config_map(name):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data={"colour": "blue"})


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def lists():
    pods = core.list_namespaced_pod(NAMESPACE, label_selector="app=myapp", limit=500).items
    expect([pod.status.phase for pod in pods] == ["Running", "Running"], pods)
    deployment = apps.read_namespaced_deployment("myapp-v1", NAMESPACE)
    expect(deployment.status.available_replicas == 1, deployment.status)


def creates_and_deletes():
    core.create_namespaced_config_map(NAMESPACE, config_map("python-created"))
    try:
        core.create_namespaced_config_map(NAMESPACE, config_map("python-created"))
        raise AssertionError("created twice")
    except ApiException as refusal:
        expect((refusal.status, json.loads(refusal.body)["reason"]) == (409, "AlreadyExists"), refusal)
    core.delete_namespaced_config_map("python-created", NAMESPACE)
    try:
        core.read_namespaced_config_map("python-created", NAMESPACE)
        raise AssertionError("still there")
    except ApiException as refusal:
        expect(refusal.status == 404, refusal)


def watches():
    version = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    events = watch.Watch().stream(
        core.list_namespaced_config_map,
        NAMESPACE,
        resource_version=version,
        field_selector="metadata.name=python-watched",
        timeout_seconds=20,
    )
    core.create_namespaced_config_map(NAMESPACE, config_map("python-watched"))
    core.delete_namespaced_config_map("python-watched", NAMESPACE)
    told = [next(events)["type"], next(events)["type"]]
    expect(told == ["ADDED", "DELETED"], told)


def patches_by_json():
    custom.create_namespaced_custom_object(*SPLITS, split("python-json"))
    path = "/spec/http/0/route/0/weight"
    body = [{"op": "test", "path": path, "value": 50}, {"op": "replace", "path": path, "value": 60}]
    patched = custom.patch_namespaced_custom_object(
        *SPLITS, "python-json", body, _content_type="application/json-patch+json"
    )
    expect(patched["spec"]["http"][0]["route"][0]["weight"] == 60, patched)


def patches_by_merge():
    custom.create_namespaced_custom_object(*SPLITS, split("python-merge"))
    patched = custom.patch_namespaced_custom_object(
        *SPLITS, "python-merge", {"spec": {"hosts": ["other"]}}, _content_type="application/merge-patch+json"
    )
    expect(patched["spec"]["hosts"] == ["other"], patched)


def patches_by_name():
    labels = {"app": "python"}
    container = {"name": "myapp", "image": "janakiramm/myapp:v1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    apps.create_namespaced_deployment(NAMESPACE, {"metadata": {"name": "python"}, "spec": spec})
    image = {"spec": {"template": {"spec": {"containers": [{"name": "myapp", "image": "other:1"}]}}}}
    patched = apps.patch_namespaced_deployment("python", NAMESPACE, image)
    expect(patched.spec.template.spec.containers[0].image == "other:1", patched)
    apps.delete_namespaced_deployment("python", NAMESPACE)


def forwards(path):
    def answer(pod):
        forward = portforward(core.connect_get_namespaced_pod_portforward, pod, NAMESPACE, ports="80")
        http = forward.socket(80)
        http.setblocking(True)
        http.settimeout(20)
        http.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        page = b""
        while b"</html>" not in page.lower():
            chunk = http.recv(65536)
            if not chunk:
                break
            page += chunk
        http.close()
        expect(forward.error(80) is None, forward.error(80))
        return page

    page = answer(pod_of("v1"))
    expect(page.startswith(b"HTTP/1.1 200 OK\r\n"), page)


def forwards_once():
    forwards("/")


def logs():
    forwards("/index.html?python")
    pod = pod_of("v1")
    for line in watch.Watch().stream(core.read_namespaced_pod_log, pod, NAMESPACE, follow=True):
        if "/index.html?python" in line:
            break
    text = core.read_namespaced_pod_log(pod, NAMESPACE, tail_lines=1)
    expect('"GET /index.html?python ' in text, text)


ROWS = {
    "list, by labels": lists,
    "create, not twice, and delete": creates_and_deletes,
    "watch: from a list on": watches,
    "patch by JSON patch, with a test": patches_by_json,
    "patch by merge patch": patches_by_merge,
    "patch a Deployment by the name of a container": patches_by_name,
    "port-forward": forwards_once,
    "logs, and logs that go on": logs,
}

print(json.dumps(list(ROWS)), flush=True)
for line in sys.stdin:
    try:
        ROWS[line.strip()]()
        failure = None
    except Exception:
        failure = traceback.format_exc()
    print(json.dumps({"failure": failure}), flush=True)
