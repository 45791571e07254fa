# shellcheck shell=bash
# What the scripts of this folder share. Meant to be sourced.

# Prints a message on standard error and ends the script.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# True when nothing listens on this loopback port.
port_is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Prints a loopback port that nothing listens on, below the range that the kernel hands out by itself.
free_port() {
  local port try
  for ((try = 0; try < 100; try++)); do
    port=$((20000 + RANDOM % 10000))
    if port_is_free "$port"; then
      printf '%s\n' "$port"
      return 0
    fi
  done
  die "no free port between 20000 and 29999"
}

# Prints a number of seconds as minutes and seconds.
minutes() {
  printf '%dm %02ds' $(($1 / 60)) $(($1 % 60))
}
