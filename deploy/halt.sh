#!/bin/sh
# Halt one cluster with kubectl alone: the rung below `manage.py halt --no-db`, for when no Gameday is at hand.
#
# It pulls the halt lever, deletes what Gameday has in the cluster with the grace in which Litmus' helpers undo
# their faults, waits, and says what is left. Safe to repeat.

set -u

usage() {
    cat <<'END'
usage: halt.sh --reason WHY [--by NAME] [--namespace chaos] [--context NAME] [--wait SECONDS] [--dry-run]

Halts the cluster that kubectl points to: nothing of Gameday starts there until `manage.py halt --release`.
Exit status: 0 nothing of ours is left, 1 refused, 2 something is left or could not be seen or done.
KUBECTL names the program (kubectl); KUBECONFIG is kubectl's own.
END
}

refuse() {
    echo "halt.sh: $1" >&2
    exit 1
}

reason='' by=${USER:-somebody} namespace=chaos context='' patience=90 dry=''
while [ $# -gt 0 ]; do
    case $1 in
    --dry-run) dry=1 ;;
    -h | --help)
        usage
        exit 0
        ;;
    --reason | --by | --namespace | --context | --wait)
        [ $# -gt 1 ] || refuse "$1 needs a value."
        case $1 in
        --reason) reason=$2 ;;
        --by) by=$2 ;;
        --namespace) namespace=$2 ;;
        --context) context=$2 ;;
        --wait) patience=$2 ;;
        esac
        shift
        ;;
    *) refuse "I do not know $1; --help says what there is." ;;
    esac
    shift
done
[ -n "$dry" ] || [ -n "$(printf %s "$reason" | tr -d '[:space:]')" ] ||
    refuse "A halt by hand needs a reason: --reason WHY. To look only: --dry-run."
case $patience in '' | *[!0-9]*) refuse "--wait is in whole seconds, and '$patience' is not." ;; esac
kubectl=${KUBECTL:-kubectl}
command -v "$kubectl" >/dev/null || refuse "There is no $kubectl here; KUBECTL=/path/to/kubectl names another."

managed=app.kubernetes.io/managed-by=gameday grace=60
ours='' failed='' unlatched='' grant='' shown='' is_kept='' unread='' cuts=' '

k() {
    "$kubectl" ${context:+"--context=$context"} --namespace "$namespace" --request-timeout=10s "$@"
}

# What changes the cluster goes through here, and is only shown in a dry run. False where it failed.
act() {
    if [ -n "$dry" ]; then
        echo "would run: kubectl ${context:+--context=$context }-n $namespace $*"
    else
        k "$@" && return
        failed=1
        return 1
    fi
}

pull_lever() {
    if [ -n "$dry" ]; then
        echo "would create the ConfigMap gameday-halt: ${reason:-WHY} (by $by)"
        return
    fi
    # kubectl writes the manifest, so that no quote in a reason can break it.
    if said=$({
        k create configmap gameday-halt --dry-run=client -o yaml \
            --from-literal=reason="$reason (by $by)" --from-literal=at="$(date -u +%Y-%m-%dT%H:%M:%SZ)" |
            k label --local -f - "$managed" -o yaml |
            k create --validate=false -f - >/dev/null
    } 2>&1); then
        echo "The halt lever is down: nothing starts on this cluster until it is released."
        return
    fi
    case $said in
    *AlreadyExists*) echo "The halt lever was down already; the first reason stands." ;;
    *)
        unlatched=1
        echo "THE LEVER COULD NOT BE PULLED; deleting all the same. $said" >&2
        ;;
    esac
}

# How things were before, as whoever injected wrote it down. With a grant that says so it would be lost: such a
# grant is left to the watchdog, or to `manage.py halt --no-db`, which set things back and then delete it. One
# that could not be read may say so, and stays as well.
read_grant() {
    if ! noted=$(k get leases.coordination.k8s.io gameday-grant --ignore-not-found -o go-template='{{with .metadata}}gameday-grant{{"\n"}}{{range $key, $value := .annotations}}  {{$key}}: {{$value}}{{"\n"}}{{end}}{{end}}'); then
        failed=1 is_kept=1
        # One that goes before anybody has read it takes with it what it said.
        [ -n "$grant" ] || unread=1
        return
    fi
    grant='' is_kept=''
    [ -n "$noted" ] || return
    grant=lease.coordination.k8s.io/gameday-grant unread=''
    case $noted in *gameday/undo-*) is_kept=1 ;; esac
    notes=${noted#gameday-grant}
    [ "$notes" != "$shown" ] || return
    shown=$notes
    [ -z "$notes" ] || printf 'How things were before, from the grant:%s\n' "$notes"
    # What a fault of ours cuts off: a namespace, and the one label of what is cut off there.
    cuts="$cuts$(printf '%s\n' "$notes" | sed -n 's/^ *gameday\/undo-.*"cut":"\([^"]*\)".*"namespace":"\([^"]*\)".*/\2\/\1/p' | tr '\n' ' ')"
}

named='{{range .items}}{{.metadata.name}} {{.metadata.uid}}{{"\n"}}{{end}}'
workloads='{{define "engine"}}{{range .containers}}{{range .env}}{{if eq .name "CHAOSENGINE"}}{{.value}}{{end}}{{end}}{{end}}{{end}}{{range .items}}{{.kind}} {{.metadata.name}} {{or (index .metadata.labels "chaosUID") "-"}} {{or (index .metadata.labels "gameday/run") "-"}} {{with .spec.template}}{{template "engine" .spec}}{{else}}{{template "engine" .spec}}{{end}}{{"\n"}}{{end}}'
hex='[0-9a-f]'

is_our_name() {
    # shellcheck disable=SC2254 # the patterns are meant as patterns
    case $1 in gd-$hex$hex$hex$hex$hex$hex$hex$hex-[0-9]*) return 0 ;; esac
    return 1
}

# A list, and a name that stands in it once however often it is found.
with() {
    case "$1 " in *" $2 "*) printf %s "$1" ;; *) printf '%s %s' "$1" "$2" ;; esac
}

# Litmus takes our labels off what it makes. So it is ours by a label, by our engine's name in its own name or
# in its environment, or by a chaosUID that an engine or another object of ours has.
find_ours() {
    engines=$(k get chaosengines.litmuschaos.io -l "$managed" -o go-template="$named") || failed=1
    found=$(k get jobs.batch,pods -l chaosUID -o go-template="$workloads") || failed=1
    labelled=$(k get jobs.batch,pods -l "$managed" -o go-template="$workloads") || failed=1
    while read -r _ uid; do
        [ -z "$uid" ] || ours="$ours $uid "
    done <<END
$engines
END
    while read -r _ name uid run engine; do
        [ -n "$name" ] || continue
        if [ "$run" != - ] || is_our_name "$name" || is_our_name "$engine"; then ours="$ours $uid "; fi
    done <<END
$found
END
    jobs='' pods=''
    while read -r kind name uid run engine; do
        [ -n "$name" ] || continue
        case $ours in
        *" $uid "*) ;;
        *) [ "$uid" = - ] || continue ;;
        esac
        case $kind in
        Job) jobs=$(with "$jobs" "$name") ;;
        Pod) pods=$(with "$pods" "$name") ;;
        esac
    done <<END
$found
$labelled
END
    engines=$(echo "$engines" | while read -r name _; do [ -z "$name" ] || printf ' %s' "$name"; done)
    read_grant
    find_policies
}

# Litmus makes them beside its targets, where no label of ours leads to them, and makes others' as well. One is
# ours by the chaosUID of what is ours, or by selecting just what the grant says is cut off. Ours select one pod
# of a StatefulSet and nothing else; one that does, and that we know nothing of, may be ours or another's.
find_policies() {
    policies='' doubtful='' others='' hidden=''
    list_policies --all-namespaces
    [ -n "$hidden" ] || return
    # Who may not look everywhere may well look where something of ours is cut off.
    for cut in $cuts; do list_policies -n "${cut%%/*}"; done
}

list_policies() {
    # Each line has a word before it, since warnings may stand among them.
    if ! listed=$(k get networkpolicies.networking.k8s.io "$@" -l app.kubernetes.io/part-of=litmus -o go-template='{{range .items}}policy {{.metadata.namespace}} {{.metadata.name}} {{or (index .metadata.labels "chaosUID") "-"}} {{with .spec}}{{with .podSelector}}{{range $key, $value := .matchLabels}} {{$key}}={{$value}}{{end}}{{end}}{{end}}{{"\n"}}{{end}}' 2>&1); then
        case $listed in
        *Forbidden*) hidden=1 ;;
        *) failed=1 && echo "$listed" >&2 ;;
        esac
        return
    fi
    while read -r word where name uid selects; do
        [ "$word" = policy ] || continue
        case $ours in *" $uid "*) policies=$(with "$policies" "$where/$name") && continue ;; esac
        case $cuts in *" $where/$selects "*) policies=$(with "$policies" "$where/$name") && continue ;; esac
        case $selects in
        *' '*) others=$(with "$others" "$where/$name") ;;
        statefulset.kubernetes.io/pod-name=*) doubtful=$(with "$doubtful" "$where/$name") ;;
        *) others=$(with "$others" "$where/$name") ;;
        esac
    done <<END
$listed
END
}

show_policies() {
    [ -z "$others" ] || echo "NetworkPolicies of Litmus' that are not Gameday's, left as they are:$others"
    [ -z "$hidden" ] || cat >&2 <<END
NetworkPolicies may not be listed with these rights: see that none is left that cuts off a pod of yours,
kubectl get networkpolicies.networking.k8s.io --all-namespaces -l app.kubernetes.io/part-of=litmus
END
    [ -n "$doubtful" ] || return
    echo "NetworkPolicies of Litmus' of which it is not known whose they are, left as they are. Look, and delete ours:" >&2
    for policy in $doubtful; do
        echo "  kubectl -n ${policy%/*} delete networkpolicies.networking.k8s.io ${policy#*/}" >&2
    done
}

# shellcheck disable=SC2086 # the lists are of names, which have no blanks
delete_ours() {
    set -- --wait=false --ignore-not-found
    # Engines beside their Jobs, these before their Pods, which they would replace; the grant last.
    beside=''
    if [ -n "$engines" ]; then
        act delete chaosengines.litmuschaos.io $engines "$@" &
        beside=$!
    fi
    [ -z "$jobs" ] || act delete jobs.batch $jobs --cascade=background "$@"
    [ -z "$pods" ] || act delete pods $pods --grace-period=$grace "$@"
    for policy in $policies; do
        act delete networkpolicies.networking.k8s.io -n "${policy%/*}" "${policy#*/}" "$@"
    done
    [ -z "$beside" ] || wait "$beside" || failed=1
    [ -z "$grant" ] || [ -n "$is_kept" ] || act delete leases.coordination.k8s.io gameday-grant "$@"
}

is_left() {
    [ -n "$engines$jobs$pods$policies$grant" ]
}

# shellcheck disable=SC2086
show_left() {
    echo "STILL THERE after $patience s:" >&2
    [ -z "$engines" ] || k get chaosengines.litmuschaos.io $engines -o custom-columns='KIND:.kind,NAME:.metadata.name,DELETED:.metadata.deletionTimestamp,FINALIZERS:.metadata.finalizers' --ignore-not-found >&2
    [ -z "$jobs" ] || k get jobs.batch $jobs --ignore-not-found >&2
    [ -z "$pods" ] || k get pods $pods -o wide --ignore-not-found >&2
    [ -z "$policies" ] || echo "NetworkPolicies:$policies" >&2
    [ -z "$grant" ] || echo "$grant" >&2
    [ -z "$grant" ] || [ -z "$is_kept" ] || cat >&2 <<END
The grant is kept, since it says, or may say, how nodes, replicas and pods were before: see above. Where the watchdog or
\`manage.py halt --no-db\` can run, they set that back and delete it. By hand: set back what differs, then
kubectl -n $namespace delete leases.coordination.k8s.io gameday-grant
END
    [ -n "$engines$jobs$pods" ] || return
    cat >&2 <<END
An engine with a finalizer waits for Litmus' operator: bring it back (kubectl -n litmus get pods).
A pod that is Terminating waits for its node: kubectl get node, then, when its grace is over,
kubectl -n $namespace delete pod NAME --grace-period=0 --force, and recreate the pod that it was aimed at.
END
}

show_nodes() {
    if ! cordoned=$(k get nodes -o go-template='{{range .items}}{{if .spec.unschedulable}}{{.metadata.name}}{{"\n"}}{{end}}{{end}}' 2>/dev/null); then
        echo "Nodes may not be listed with these rights: see that none was left cordoned (kubectl get nodes)."
    elif [ -n "$cordoned" ]; then
        echo "Cordoned nodes; set back each that was not so before the run (see the grant above):"
        echo "$cordoned" | while read -r node; do echo "  kubectl uncordon $node"; done
    fi
}

pull_lever
find_ours
if ! is_left; then
    [ -n "$failed" ] || echo "Nothing of Gameday is in namespace $namespace."
else
    echo "Of Gameday:${engines:+ engines$engines;}${jobs:+ jobs$jobs;}${pods:+ pods$pods;}${policies:+ policies$policies;}${grant:+ its grant}"
fi
delete_ours
[ -n "$dry" ] || ! is_left || echo "Waiting until it is gone, for $patience s at the most."
began=$(date +%s)
while [ -z "$dry" ] && is_left && [ $(($(date +%s) - began)) -lt "$patience" ]; do
    sleep 1
    failed=''
    find_ours
    delete_ours >/dev/null
done
show_nodes
show_policies
[ -z "$unread" ] || cat >&2 <<END
The grant could not be read. What it says of how things were is not known, and it was not deleted.
END
[ -z "$dry" ] || exit 0
if is_left; then
    show_left
    exit 2
fi
if [ -n "$failed$unlatched$unread$hidden$doubtful" ]; then
    echo "Not everything could be seen or done: what went wrong stands above. Run this again." >&2
    exit 2
fi
echo "Nothing of Gameday is left in namespace $namespace. Whether the platform is well, look at the platform."
