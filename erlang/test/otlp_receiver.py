"""A receiver of OTLP/HTTP for fxaot_otlp_SUITE: decodes each request with opentelemetry-proto, and prints it as a line
of JSON. How it answers, a line on its standard input says:

    ok | status CODE [RETRY-AFTER] | partial COUNT TEXT | hang

Arguments: PORT (0: any) [CERTIFICATE KEY]. It prints its port first, and ends with its standard input.
"""

import gzip
import json
import os
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

REQUESTS = {
    "/v1/traces": (traces.ExportTraceServiceRequest, "resource_spans", "scope_spans", "spans"),
    "/v1/metrics": (metrics.ExportMetricsServiceRequest, "resource_metrics", "scope_metrics", "metrics"),
    "/v1/logs": (logs.ExportLogsServiceRequest, "resource_logs", "scope_logs", "log_records"),
}
PARTIAL = {
    "/v1/traces": (traces.ExportTraceServiceResponse, "rejected_spans"),
    "/v1/metrics": (metrics.ExportMetricsServiceResponse, "rejected_data_points"),
    "/v1/logs": (logs.ExportLogsServiceResponse, "rejected_log_records"),
}

mode = ["ok"]
printing = threading.Lock()


def value(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value(each) for each in any_value.array_value.values]
    return getattr(any_value, kind) if kind else None


def attributes(pairs):
    return {pair.key: value(pair.value) for pair in pairs}


def span(s):
    return {
        "name": s.name, "trace": s.trace_id.hex(), "span": s.span_id.hex(), "parent": s.parent_span_id.hex(),
        "kind": s.kind, "flags": s.flags, "start": s.start_time_unix_nano, "end": s.end_time_unix_nano,
        "attributes": attributes(s.attributes), "status": s.status.code, "message": s.status.message,
        "events": [{"name": e.name, "time": e.time_unix_nano, "attributes": attributes(e.attributes)} for e in s.events],
        "links": [{"trace": l.trace_id.hex(), "span": l.span_id.hex(), "flags": l.flags} for l in s.links],
    }


def metric(m):
    kind = m.WhichOneof("data")
    data = getattr(m, kind)
    points = []
    for p in data.data_points:
        point = {"attributes": attributes(p.attributes), "start": p.start_time_unix_nano, "time": p.time_unix_nano}
        if kind == "histogram":
            point.update(count=p.count, sum=p.sum, counts=list(p.bucket_counts), bounds=list(p.explicit_bounds))
        else:
            point["value"] = getattr(p, p.WhichOneof("value"))
        points.append(point)
    return {
        "name": m.name, "unit": m.unit, "help": m.description, "kind": kind, "points": points,
        "monotonic": getattr(data, "is_monotonic", None) if kind == "sum" else None,
        "temporality": getattr(data, "aggregation_temporality", 0),
    }


def log(l):
    return {
        "body": l.body.string_value, "severity": l.severity_number, "text": l.severity_text,
        "time": l.time_unix_nano, "observed": l.observed_time_unix_nano, "trace": l.trace_id.hex(),
        "span": l.span_id.hex(), "flags": l.flags, "attributes": attributes(l.attributes),
    }


ITEMS = {"/v1/traces": span, "/v1/metrics": metric, "/v1/logs": log}


def tell(message):
    with printing:
        print(json.dumps(message), flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if mode[0] == "hang":
            threading.Event().wait()
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        kind, resources, scopes, items = REQUESTS[self.path]
        request = kind.FromString(body)
        told = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "resource": None,
                "scope": None, "items": []}
        for resource in getattr(request, resources):
            told["resource"] = attributes(resource.resource.attributes)
            for scope in getattr(resource, scopes):
                told["scope"] = [scope.scope.name, scope.scope.version]
                told["items"] += [ITEMS[self.path](each) for each in getattr(scope, items)]
        command, *rest = mode[0].split(" ", 2)
        status = 200
        answer = b""
        if command == "status":
            status = int(rest[0])
        elif command == "partial":
            response, field = PARTIAL[self.path]
            response = response()
            setattr(response.partial_success, field, int(rest[0]))
            response.partial_success.error_message = rest[1]
            answer = response.SerializeToString()
        told["status"] = status
        tell(told)
        self.send_response(status)
        if command == "status" and len(rest) > 1:
            self.send_header("retry-after", rest[1])
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
tell({"port": server.server_address[1]})
for line in sys.stdin:
    mode[0] = line.strip()
    tell({"mode": mode[0]})
os._exit(0)
