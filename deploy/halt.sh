#!/bin/sh
# Halt one cluster with kubectl alone: the rung below `manage.py halt --no-db`, for when no Gameday is at hand.
#
# It pulls the halt lever, deletes what Gameday has in the cluster with the grace in which Litmus' helpers undo
# their faults, tries again until the wait is over, and says what is left. Safe to repeat.

# shellcheck disable=SC2016 # the variables of go-templates are kubectl's

set -u

usage() {
    cat <<'END'
usage: halt.sh --reason WHY [--by NAME] [--namespace chaos] [--context NAME] [--wait SECONDS] [--dry-run]

Halts the cluster that kubectl points to: nothing of Gameday starts there until `manage.py halt --release`.
Exit status: 0 nothing of ours is left, 1 refused, 2 something is left or could not be seen or done; the same
for --dry-run, which only looks.
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
ours='' failed='' unlatched='' grant='' notes='' shown='' is_kept='' unread='' met='' told='|' cuts=' '
# The marker before each line of a template: warnings and errors may stand among them.
mark='= '

# As somebody would type it: on the same cluster.
hand=kubectl
case $context in
'') ;;
*[!A-Za-z0-9._:/@-]*) hand="kubectl --context='$(printf %s "$context" | sed "s/'/'\\\\''/g")'" ;;
*) hand="kubectl --context=$context" ;;
esac

k() {
    "$kubectl" ${context:+"--context=$context"} --namespace "$namespace" --request-timeout=10s "$@"
}

# Each line of kubectl's words on what went wrong, once: without its log, and without what it listed all the same.
say_once() {
    while IFS= read -r line; do
        case "$told|" in *"|$line|"*) continue ;; esac
        told="$told|$line"
        printf '%s\n' "$line" >&2
    done <<END
$(printf '%s\n' "$1" | sed "/^[EWI][0-9][0-9]* /d;/^$mark/d;/^\$/d")
END
}

# Into $seen, each line with its marker. False where not all could be seen; what could be stands there even so.
see() {
    seen=$(k get "$@" 2>&1) && return
    failed=1
    say_once "$seen"
    return 1
}

# Before anything else, so that nobody halts another cluster than they mean. A namespace that may not be read, or
# not now, may well be there.
show_where() {
    if where=$(k config view --minify -o go-template='{{with index .contexts 0}}{{.name}}{{end}} at {{with index .clusters 0}}{{.cluster.server}}{{end}}' 2>&1); then
        # What stands before an @ in an address may be a password.
        printf 'Context %s, namespace %s.\n' "$(printf %s "$where" | sed 's#//[^/@]*@#//#')" "$namespace"
    elif [ -n "$context" ]; then
        refuse "$(printf 'kubectl knows no context %s (%s). To see which there are: kubectl config get-contexts' "$context" "$where")"
    else
        echo "Context none: kubectl goes to the cluster that it runs in, if there is one. Namespace $namespace."
    fi
    known=$(k get namespaces "$namespace" -o name 2>&1) && return
    case $known in
    *NotFound*'namespaces "'*) refuse "There is no namespace $namespace on that cluster. --namespace NAME names the one that the faults run in." ;;
    esac
}

# What changes the cluster goes through here, and is only shown in a dry run. False where it failed.
act() {
    if [ -n "$dry" ]; then
        echo "would run: $hand -n $namespace $*"
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
        unlatched=''
        echo "The halt lever is down: nothing starts on this cluster until it is released."
        return
    fi
    case $said in
    *AlreadyExists*)
        unlatched=''
        echo "The halt lever was down already; the first reason stands."
        ;;
    *)
        unlatched=1
        say_once "THE LEVER COULD NOT BE PULLED; deleting all the same. $said"
        ;;
    esac
}

# How things were before, as whoever injected wrote it down. With a grant that says so it would be lost: such a
# grant is left to the watchdog, or to `manage.py halt --no-db`, which set things back and then delete it. One
# that could not be read may say so, and stays as well.
read_grant() {
    if ! see leases.coordination.k8s.io gameday-grant --ignore-not-found -o go-template='{{with .metadata}}= gameday-grant{{"\n"}}{{range $key, $value := .annotations}}=   {{$key}}: {{$value}}{{"\n"}}{{end}}{{end}}'; then
        is_kept=1
        # One that goes before anybody has read it takes with it what it said.
        [ -n "$grant" ] || unread=1
        return
    fi
    noted=$(printf '%s\n' "$seen" | sed -n "s/^$mark//p")
    grant='' is_kept=''
    if [ -z "$noted" ]; then
        # Where nothing of ours was ever seen, there was none to be lost.
        [ -n "$met$engines$jobs$pods" ] || unread=''
        return
    fi
    grant=lease.coordination.k8s.io/gameday-grant unread=''
    case $noted in *gameday/undo-*) is_kept=1 ;; esac
    notes=${noted#gameday-grant}
    [ "$notes" != "$shown" ] || return
    shown=$notes
    [ -z "$notes" ] || printf 'How things were before, from the grant:%s\n' "$notes"
    # What a fault of ours cuts off: a namespace, and the one label of what is cut off there.
    cuts="$cuts$(printf '%s\n' "$notes" | sed -n 's/^ *gameday\/undo-.*"cut":"\([^"]*\)".*"namespace":"\([^"]*\)".*/\2\/\1/p' | tr '\n' ' ')"
}

named='{{range .items}}= {{.metadata.name}} {{.metadata.uid}}{{"\n"}}{{end}}'
workloads='{{define "engine"}}{{range .containers}}{{range .env}}{{if eq .name "CHAOSENGINE"}}{{.value}}{{end}}{{end}}{{end}}{{end}}{{range .items}}= {{.kind}} {{.metadata.name}} {{or (index .metadata.labels "chaosUID") "-"}} {{or (index .metadata.labels "gameday/run") "-"}} {{with .spec.template}}{{template "engine" .spec}}{{else}}{{template "engine" .spec}}{{end}}{{"\n"}}{{end}}'
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
    see chaosengines.litmuschaos.io -l "$managed" -o go-template="$named"
    engines='' named_engines=$seen
    see jobs.batch,pods -l chaosUID -o go-template="$workloads"
    found=$seen
    see jobs.batch,pods -l "$managed" -o go-template="$workloads"
    labelled=$seen
    while read -r word name uid; do
        [ "$word" = = ] || continue
        engines=$(with "$engines" "$name")
        ours="$ours $uid "
    done <<END
$named_engines
END
    while read -r word _ name uid run engine; do
        [ "$word" = = ] || continue
        if [ "$run" != - ] || is_our_name "$name" || is_our_name "$engine"; then ours="$ours $uid "; fi
    done <<END
$found
END
    jobs='' pods=''
    while read -r word kind name uid run engine; do
        [ "$word" = = ] || continue
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
    read_grant
    find_policies
    news=''
    for name in $engines $jobs $pods $policies $grant; do
        case "$met " in *" $name "*) ;; *) met="$met $name" news=1 ;; esac
    done
    [ -z "$news" ] || echo "Of Gameday:${engines:+ engines$engines;}${jobs:+ jobs$jobs;}${pods:+ pods$pods;}${policies:+ policies$policies;}${grant:+ its grant}"
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
    if ! listed=$(k get networkpolicies.networking.k8s.io "$@" -l app.kubernetes.io/part-of=litmus -o go-template='{{range .items}}= {{.metadata.namespace}} {{.metadata.name}} {{or (index .metadata.labels "chaosUID") "-"}} {{with .spec}}{{with .podSelector}}{{range $key, $value := .matchLabels}} {{$key}}={{$value}}{{end}}{{end}}{{end}}{{"\n"}}{{end}}' 2>&1); then
        case $listed in
        *Forbidden*) hidden=1 ;;
        *) failed=1 && say_once "$listed" ;;
        esac
        return
    fi
    while read -r word where name uid selects; do
        [ "$word" = = ] || continue
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
$hand get networkpolicies.networking.k8s.io --all-namespaces -l app.kubernetes.io/part-of=litmus
END
    [ -n "$doubtful" ] || return
    echo "NetworkPolicies of Litmus' of which it is not known whose they are, left as they are. Look, and delete ours:" >&2
    for policy in $doubtful; do
        echo "  $hand -n ${policy%/*} delete networkpolicies.networking.k8s.io ${policy#*/}" >&2
    done
}

# What it does goes to 3, what fails is said once.
delete_ours() {
    said=$(delete_each 2>&1 >&3) && return
    failed=1
    say_once "$said"
}

# shellcheck disable=SC2086 # the lists are of names, which have no blanks
delete_each() {
    failed=''
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
    [ -z "$failed" ]
}

is_left() {
    [ -n "$engines$jobs$pods$policies$grant" ]
}

# Whether to try again: what could not be seen may be there.
is_open() {
    is_left || [ -n "$failed$unlatched" ]
}

# Commands for what a grant says, as far as kubectl alone goes. Only what a shell takes as it is comes through.
show_by_hand() {
    name='\([a-z0-9.-]*\)' plain='[A-Za-z0-9._/=:-]' any='"[^"]*"'
    printf '%s\n' "$notes" | sed -n 's/^ *gameday\/undo-[0-9]*: //p' | while IFS= read -r note; do
        place=$(printf '%s\n' "$note" | sed -n "s/.*\"engine\":$any,\"namespace\":\"$name\".*/\1/p")
        keys=$(printf '%s\n' "$note" | sed -n "s/.*\"keys\":\[\(\(\"$plain*\",*\)*\)\].*/\1/p" | tr '",' '  ')
        cordon='' uncordon=''
        case $note in *'"cordons":true'*) cordon=cordon uncordon=uncordon ;; esac
        # Each object and each list begins a line of its own.
        printf '%s\n' "$note" | sed 's/,"v":.*//' | tr '{[' '[\n*]' | sed -n \
            -e "s/^\"name\":\"$name\",\"uid\":$any,\"schedulable\":true.*/node \1 $uncordon/p" \
            -e "s/^\"name\":\"$name\",\"uid\":$any,\"schedulable\":false.*/node \1 $cordon/p" \
            -e "s/^\(\(\"$plain*:$plain*\",*\)*\)\]}.*/taints \1/p" \
            -e "s/^\"kind\":\"$name\",\"namespace\":\"$name\",\"name\":\"$name\",\"uid\":$any,\"replicas\":\([0-9]*\).*/replicas \2 \1\/\3 \4/p" \
            -e "s/^\"$name\",\"$name\"\].*/pod \1 \2/p" | tr '",' '  ' |
            while read -r word what which count; do
                case $word in
                node)
                    node=$what
                    [ -z "$which" ] || echo "  $hand $which $node"
                    for key in $keys; do echo "  $hand taint nodes $node $key-"; done
                    ;;
                taints) for taint in $what $which $count; do echo "  $hand taint nodes $node $taint --overwrite"; done ;;
                replicas) echo "  $hand -n $what scale $which --replicas=$count" ;;
                pod) show_pod "$place" "$what" "$which" ;;
                esac
            done
    done
}

# One that is gone or was replaced took the fault along.
show_pod() {
    if now=$(k -n "$1" get pods "$2" --ignore-not-found -o go-template='{{.metadata.uid}}' 2>/dev/null </dev/null); then
        [ "$now" = "$3" ] || return 0
    else
        echo "  only if its uid is still $3:"
    fi
    echo "  $hand -n $1 delete pods $2 --grace-period=$grace"
}

show_kept() {
    [ -n "$grant" ] && [ -n "$is_kept" ] || return
    cat >&2 <<END
The grant is kept, since it says, or may say, how nodes, replicas and pods were before: see above. Where the watchdog or
\`manage.py halt --no-db\` can run, they set that back and delete it. By hand, where it is not so now (a pod: where the
fault is still in it; its controller replaces it), and the grant last of all:
$(show_by_hand)
  $hand -n $namespace delete leases.coordination.k8s.io gameday-grant
END
}

# shellcheck disable=SC2086
show_left() {
    echo "STILL THERE after $patience s:" >&2
    [ -z "$engines" ] || k get chaosengines.litmuschaos.io $engines -o custom-columns='KIND:.kind,NAME:.metadata.name,DELETED:.metadata.deletionTimestamp,FINALIZERS:.metadata.finalizers' --ignore-not-found >&2
    [ -z "$jobs" ] || k get jobs.batch $jobs --ignore-not-found >&2
    [ -z "$pods" ] || k get pods $pods -o wide --ignore-not-found >&2
    [ -z "$policies" ] || echo "NetworkPolicies:$policies" >&2
    [ -z "$grant" ] || echo "$grant" >&2
    show_kept
    [ -n "$engines$jobs$pods" ] || return
    cat >&2 <<END
An engine with a finalizer waits for Litmus' operator: bring it back ($hand -n litmus get pods).
A pod that is Terminating waits for its node: $hand get node, then, when its grace is over,
$hand -n $namespace delete pod NAME --grace-period=0 --force, and recreate the pod that it was aimed at.
END
}

show_nodes() {
    if ! cordoned=$(k get nodes -o go-template='{{range .items}}{{if .spec.unschedulable}}= {{.metadata.name}}{{"\n"}}{{end}}{{end}}' 2>&1); then
        see_that="see that none was left cordoned ($hand get nodes)."
        case $cordoned in
        *Forbidden*) echo "Nodes may not be listed with these rights: $see_that" ;;
        *)
            failed=1
            say_once "$cordoned"
            echo "Nodes could not be listed: $see_that" >&2
            ;;
        esac
        return
    fi
    cordoned=$(printf '%s\n' "$cordoned" | sed -n "s/^$mark//p")
    [ -n "$cordoned" ] || return
    echo "Cordoned nodes; set back each that was not so before the run (see the grant above):"
    for node in $cordoned; do echo "  $hand uncordon $node"; done
}

show_where
pull_lever
find_ours
delete_ours 3>&1
# From here on, so that a slow first look takes nothing off the tries.
began=$(date +%s)
if [ -z "$dry" ] && is_open; then
    [ -z "$failed$unlatched" ] || echo "Not everything could be seen or done; it is tried again." >&2
    echo "Waiting until nothing is left, for $patience s at the most."
fi
while [ -z "$dry" ] && is_open && [ $(($(date +%s) - began)) -lt "$patience" ]; do
    sleep 1
    failed=''
    [ -z "$unlatched" ] || pull_lever
    find_ours
    delete_ours 3>/dev/null
done
show_nodes
show_policies
[ -z "$unread" ] || cat >&2 <<END
The grant could not be read. What it says of how things were is not known, and it was not deleted.
END
status=0
if is_left; then
    status=2
    if [ -n "$dry" ]; then
        show_kept
        echo "Something of Gameday is there; nothing was changed." >&2
    else
        show_left
    fi
fi
if [ -n "$failed$unlatched$unread$hidden$doubtful" ]; then
    status=2
    [ -z "$unlatched" ] || echo "The halt lever is NOT down: something may start here." >&2
    echo "Not everything could be seen or done: what went wrong stands above. Run this again." >&2
fi
[ "$status" != 0 ] || echo "Nothing of Gameday is left in namespace $namespace. Whether the platform is well, look at the platform."
exit "$status"
