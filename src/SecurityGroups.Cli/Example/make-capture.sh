#!/usr/bin/env bash
# Makes capture.pcap: real programs in network namespaces, seen from the bridge between them. Nothing is filtered while it is made; the policy
# beside it is judged against it afterwards. Needs root, iproute2, tcpdump, ethtool, curl, ping, dig, dnsmasq, nc, ssh with sshd, traceroute,
# udhcpc and python3. Addresses and MACs are set here and named in policy.json; ports, sequence numbers and times differ from run to run.
#
#   world (198.51.100.0/24, 203.0.113.9) ── router ── br0 ── web   10.20.0.10  2001:db8:20::10  02:00:00:20:00:10
#   2001:db8:f::/64, 2001:db8:cafe::9          10.20.0.1  ├─ db    10.20.0.20  2001:db8:20::20  02:00:00:20:00:20
#                                        2001:db8:20::1   └─ admin 10.20.0.30  2001:db8:20::30  02:00:00:20:00:30
set -euo pipefail

output=$(realpath -m "${1:-$(dirname "$0")/capture.pcap}")
work=$(mktemp -d)
instances=(web db admin)
background=()

in_ns() { ip netns exec "secgroups-$1" "${@:2}"; }
# Not through in_ns: the process id must be the program's own.
start() { ip netns exec "secgroups-$1" "${@:2}" >>"$work/servers.log" 2>&1 </dev/null & background+=($!); }
try() { in_ns "$@" >>"$work/clients.log" 2>&1 </dev/null || true; }

clean_up() {
  kill "${background[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  for ns in router world "${instances[@]}"; do ip netns del "secgroups-$ns" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT

make_namespace() {
  ip netns add "secgroups-$1"
  in_ns "$1" ip link set lo up
  in_ns "$1" sysctl -qw net.ipv6.conf.default.addr_gen_mode=0 net.ipv6.conf.default.autoconf=0
}

# No offloads: every packet is on the wire as it is in the capture, with a finished checksum.
plain_wire() { in_ns "$1" ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null; }

make_router() {
  make_namespace router
  # Without duplicate address detection: its first router advertisements already need the link-local address as their source.
  in_ns router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.dad_transmits=0
  in_ns router ip link add br0 address 02:00:00:20:00:01 type bridge stp_state 0 forward_delay 0
  in_ns router ip link set br0 up
  in_ns router ip address add 10.20.0.1/24 dev br0
  in_ns router ip address add 2001:db8:20::1/64 dev br0 nodad
  plain_wire router br0
}

make_world() {
  make_namespace world
  ip -n secgroups-router link add world type veth peer name eth0 netns secgroups-world
  in_ns router ip link set world up
  in_ns router ip address add 198.51.100.1/24 dev world
  in_ns router ip address add 2001:db8:f::1/64 dev world nodad
  in_ns router ip route add 203.0.113.0/24 dev world
  in_ns router ip route add 2001:db8:cafe::/48 dev world
  in_ns world ip link set eth0 up
  for address in 198.51.100.7/24 198.51.100.53/24 198.51.100.80/24 203.0.113.9/32; do in_ns world ip address add "$address" dev eth0; done
  for address in 2001:db8:f::7/64 2001:db8:f::53/64 2001:db8:f::80/64 2001:db8:cafe::9/128; do
    in_ns world ip address add "$address" dev eth0 nodad
  done
  in_ns world ip route add default via 198.51.100.1
  in_ns world ip route add default via 2001:db8:f::1
  plain_wire router world
  plain_wire world eth0
}

# Plugs an instance into the bridge without addresses: the capture shall see how it comes up.
plug_instance() {
  make_namespace "$1"
  ip -n secgroups-router link add "$1" type veth peer name eth0 netns "secgroups-$1"
  in_ns "$1" ip link set eth0 address "02:00:00:20:00:$2"
  in_ns router ip link set "$1" master br0 up
  plain_wire router "$1"
  plain_wire "$1" eth0
}

bring_up_instance() {
  in_ns "$1" ip link set eth0 up
  in_ns "$1" ip address add "10.20.0.$2/24" dev eth0
  in_ns "$1" ip route add default via 10.20.0.1
  in_ns "$1" ip address add "2001:db8:20::$2/64" dev eth0
}

start_servers() {
  start router dnsmasq -k --conf-file=/dev/null --user=root --pid-file= --port=0 --interface=br0 --leasefile-ro --no-ping \
    --dhcp-range=10.20.0.0,static --dhcp-host=02:00:00:20:00:30,10.20.0.30 --dhcp-range=2001:db8:20::,ra-only --enable-ra
  start world dnsmasq -k --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --bind-interfaces --listen-address=198.51.100.53,2001:db8:f::53 \
    --host-record=www.example.com,198.51.100.80,2001:db8:f::80
  start world python3 -m http.server 80 --bind :: --directory "$work/www"
  start web python3 -m http.server 80 --bind :: --directory "$work/www"
  start db python3 -m http.server 5432 --bind :: --directory "$work/www"
  start web /usr/sbin/sshd -De -o "HostKey=$work/host_key" -o PidFile=none -o StrictModes=no -o UsePAM=no -o "AuthorizedKeysFile=$work/key.pub"
}

make_files() {
  mkdir -p "$work/www" /run/sshd
  printf 'A page of a few words.\n' >"$work/www/index.html"
  head -c 20000 /dev/zero | tr '\0' 'x' >"$work/www/report.txt"
  ssh-keygen -q -t ed25519 -N '' -f "$work/host_key"
  ssh-keygen -q -t ed25519 -N '' -f "$work/key"
}

ssh_to() { try "$1" timeout 10 ssh -i "$work/key" -o BatchMode=yes -o StrictHostKeyChecking=no -o "UserKnownHostsFile=$work/known_hosts" "${@:2}"; }

talk_web() {
  for address in 10.20.0.10 '[2001:db8:20::10]'; do
    try world curl -sS -m 5 "http://$address/"
    try world curl -sS -m 5 "http://$address/report.txt"
  done
  try world ping -4 -n -c 3 -i 0.2 10.20.0.10
  try world ping -6 -n -c 3 -i 0.2 2001:db8:20::10
  try web curl -sS -m 5 http://10.20.0.20:5432/
  try web curl -sS -m 5 'http://[2001:db8:20::20]:5432/report.txt'
}

talk_out() {
  try web dig +tries=1 +time=2 @198.51.100.53 www.example.com A
  try web dig +tries=1 +time=2 @2001:db8:f::53 www.example.com AAAA
  try web curl -sS -m 5 http://198.51.100.80/
  try web curl -sS -m 5 'http://[2001:db8:f::80]/report.txt'
  try admin ping -4 -n -c 2 -i 0.2 198.51.100.80
}

talk_ssh() {
  ssh_to admin root@10.20.0.10 uptime
  ssh_to admin root@2001:db8:20::10 uptime
  ssh_to world -b 203.0.113.9 root@10.20.0.10 uptime
  ssh_to world -b 198.51.100.7 root@10.20.0.10 uptime
}

# Errors about live flows: nobody listens on port 5354, and the probes run out of hops at the router.
provoke_errors() {
  try web dig +tries=1 +time=1 -p 5354 @198.51.100.53 www.example.com A
  try web dig +tries=1 +time=1 -p 5354 @2001:db8:f::53 www.example.com AAAA
  try web traceroute -4 -n -q 1 -N 1 -w 1 198.51.100.80
  try web traceroute -6 -n -q 1 -N 1 -w 1 2001:db8:f::80
}

misbehave() {
  for port in 21 22 23 443 3306 5432 8080; do
    try world nc -4 -n -z -w 1 10.20.0.10 "$port"
    try world nc -6 -n -z -w 1 2001:db8:20::10 "$port"
  done
  try world curl -sS -m 2 http://10.20.0.20:5432/
  try world curl -sS -m 2 'http://[2001:db8:20::20]:5432/'
  try world ping -4 -n -c 2 -i 0.2 10.20.0.20
  try db curl -sS -m 2 http://198.51.100.80/
  try db ping -6 -n -c 1 2001:db8:f::80
  # db claims an address that is not its own.
  in_ns db ip address add 10.20.0.99/32 dev eth0
  try db curl -sS -m 2 --interface 10.20.0.99 http://10.20.0.10/
}

make_files
make_router
make_world
plug_instance web 10
plug_instance db 20
plug_instance admin 30
start_servers
start router tcpdump -q -U -Z root -i br0 -w "$output"
capture=${background[-1]}
sleep 2

bring_up_instance web 10
bring_up_instance db 20
in_ns admin ip link set eth0 up
in_ns admin ip address add 2001:db8:20::30/64 dev eth0
printf '#!/bin/sh\n[ "$1" != bound ] || { ip address add "$ip/24" dev "$interface"; ip route add default via 10.20.0.1; }\n' >"$work/lease.sh"
chmod +x "$work/lease.sh"
try admin timeout 10 udhcpc -n -q -f -i eth0 -s "$work/lease.sh"
sleep 3

talk_web
talk_out
talk_ssh
provoke_errors
misbehave
sleep 1

kill "$capture"
wait "$capture" || true
grep -E 'packets (captured|dropped)' "$work/servers.log"
[ -z "${KEEP_LOGS:-}" ] || cp "$work"/*.log "$KEEP_LOGS"
