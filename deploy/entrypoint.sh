#!/bin/sh
# A setting may come from a file: TELLTALE_SECRET_KEY_FILE=/run/secrets/x sets TELLTALE_SECRET_KEY. Secrets that are
# mounted as files are in no process list, no image and no `inspect`.
set -eu
for name in $(env | sed -n 's/^\(TELLTALE_[A-Z_]*\)_FILE=.*/\1/p'); do
    eval "file=\$${name}_FILE"
    if [ ! -r "$file" ]; then
        echo "${name}_FILE: cannot read $file" >&2
        exit 2
    fi
    value=$(cat "$file")
    export "$name=$value"
    unset "${name}_FILE"
done
exec telltale "$@"
