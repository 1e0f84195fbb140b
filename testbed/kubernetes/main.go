// kubernetes is all programs of a one-node Kubernetes in one file; the name it is called by says which one it is. Compiling their common
// packages and linking once takes a third of the time of six programs, and they share their memory.
package main

import (
	goflag "flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	rand.Seed(time.Now().UnixNano())
	command := program(filepath.Base(os.Args[0]))
	logs.InitLogs()
	defer logs.FlushLogs()
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}

func program(name string) *cobra.Command {
	switch name {
	case "kube-apiserver":
		return apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		return controllermanager.NewControllerManagerCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand()
	case "cluster-dns":
		return newDNSCommand()
	}

	// These three read the flags of their libraries from the global set, with dashes or underscores.
	pflag.CommandLine.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	switch name {
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	case "kube-proxy":
		command := proxy.NewProxyCommand()
		pflag.CommandLine.AddGoFlagSet(goflag.CommandLine)
		return command
	case "kubectl":
		command := kubectl.NewDefaultKubectlCommand()
		pflag.CommandLine.AddGoFlagSet(goflag.CommandLine)
		return command
	}

	fmt.Fprintf(os.Stderr, "%s: not the name of a program of Kubernetes\n", name)
	os.Exit(2)
	return nil
}
