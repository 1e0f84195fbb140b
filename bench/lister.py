#!/usr/bin/env python3
"""An S3 server that lists what is not there: a real Barman folder, and beside its segments a timeline with as many as are asked for.

bench/lister.py FOLDER SEGMENTS: serves s3://million/postgres-v17/ on a loopback port, which it prints. Each level is made when it is asked for, so
that the work of the server does not grow with the folder. Signatures are not looked at.
"""
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

FOLDER, SEGMENTS = sys.argv[1], int(sys.argv[2])
SERVER, PER_LEVEL, PAGE = "postgres-v17/", 256, 1000
TAG, TIME = "&quot;d41d8cd98f00b204e9800998ecf8427e&quot;", "2026-03-01T02:00:00.000Z"


def real_level(prefix):
    path = os.path.join(FOLDER, prefix[len(SERVER):])
    names = sorted(os.listdir(path)) if prefix.startswith(SERVER) and os.path.isdir(path) else []
    folders = [name for name in names if os.path.isdir(os.path.join(path, name))]
    return [(prefix + name, os.path.getsize(os.path.join(path, name))) for name in names if name not in folders], [f"{prefix}{name}/" for name in folders]


def level(prefix):
    if prefix == "":
        return [], [SERVER]
    objects, folders = real_level(prefix)
    if prefix == SERVER + "wals/":
        folders += [f"{prefix}00000003{log:08X}/" for log in range((SEGMENTS + PER_LEVEL - 1) // PER_LEVEL)]
    elif prefix.startswith(SERVER + "wals/00000003"):
        log = int(prefix[-9:-1], 16)
        objects = [(f"{prefix}{prefix[-17:-1]}{number:08X}.gz", 16384) for number in range(min(PER_LEVEL, SEGMENTS - log * PER_LEVEL))]
    return objects, folders


def page(prefix, start):
    objects, folders = level(prefix)
    entries = [f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>" for name in folders]
    entries += [f"<Contents><Key>{key}</Key><LastModified>{TIME}</LastModified><ETag>{TAG}</ETag><Size>{size}</Size></Contents>" for key, size in objects]
    more = start + PAGE < len(entries)
    token = f"<NextContinuationToken>{start + PAGE}</NextContinuationToken>" if more else ""
    return (f"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>million</Name><Prefix>{prefix}</Prefix><MaxKeys>{PAGE}</MaxKeys>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(entries[start:start + PAGE])}</ListBucketResult>")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if "list-type" in query:
            return self.answer(200, page(query.get("prefix", [""])[0], int(query.get("continuation-token", ["0"])[0])).encode(), "application/xml")
        key = unquote(url.path).split("/", 2)[2]
        path = os.path.join(FOLDER, key[len(SERVER):])
        if not os.path.isfile(path):
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        with open(path, "rb") as file:
            return self.answer(200, file.read(), "application/octet-stream")

    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
