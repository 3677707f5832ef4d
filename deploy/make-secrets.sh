#!/bin/sh
# Make the secrets that compose.yaml mounts, each once; those that are there stay.
set -eu
umask 077
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
[ -s "$folder/database_password" ] || random >"$folder/database_password"
[ -s "$folder/secret_key" ] || random >"$folder/secret_key"
printf 'postgresql://telltale:%s@database/telltale' "$(cat "$folder/database_password")" >"$folder/database_url"
# The containers' user is not the one that made them.
chmod 0444 "$folder"/*
echo "secrets are in $folder; keep them out of version control and in a backup of their own"
