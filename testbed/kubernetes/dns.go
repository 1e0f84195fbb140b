package main

import (
	"net"
	"strings"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"
	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	zone = "cluster.local."
	// Seconds. A test that replaces a Service is not told its old address.
	timeToLive = 1
)

// newDNSCommand is cluster DNS for Services and the named endpoints of headless ones, as the DNS specification of Kubernetes says; Debian has
// no CoreDNS. It answers A queries; a name outside the zone does not exist.
func newDNSCommand() *cobra.Command {
	var kubeconfig, listen string
	command := &cobra.Command{
		Use:  "cluster-dns",
		RunE: func(*cobra.Command, []string) error { return serveDNS(kubeconfig, listen) },
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "the API server and who asks it")
	command.Flags().StringVar(&listen, "listen", "127.0.0.1:53", "address and port, UDP and TCP")
	return command
}

func serveDNS(kubeconfig, listen string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}

	factory := informers.NewSharedInformerFactory(client, 0)
	names := clusterNames{services: factory.Core().V1().Services().Lister(), endpoints: factory.Core().V1().Endpoints().Lister()}
	forever := make(chan struct{})
	factory.Start(forever)
	factory.WaitForCacheSync(forever)

	dns.HandleFunc(".", names.answer)
	failed := make(chan error)
	for _, network := range []string{"udp", "tcp"} {
		server := &dns.Server{Addr: listen, Net: network}
		go func() { failed <- server.ListenAndServe() }()
	}
	return <-failed
}

type clusterNames struct {
	services  listers.ServiceLister
	endpoints listers.EndpointsLister
}

func (names clusterNames) answer(w dns.ResponseWriter, query *dns.Msg) {
	reply := new(dns.Msg)
	reply.SetReply(query)
	reply.Authoritative = true
	question := query.Question[0]
	addresses, exists := names.lookUp(strings.ToLower(question.Name))
	if !exists {
		reply.Rcode = dns.RcodeNameError
	}
	if question.Qtype == dns.TypeA {
		header := dns.RR_Header{Name: question.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: timeToLive}
		for _, address := range addresses {
			reply.Answer = append(reply.Answer, &dns.A{Hdr: header, A: net.ParseIP(address)})
		}
	}
	_ = w.WriteMsg(reply)
}

// lookUp resolves service.namespace.svc.cluster.local. and host.service.namespace.svc.cluster.local. A name may exist without addresses.
func (names clusterNames) lookUp(name string) (addresses []string, exists bool) {
	const suffix = ".svc." + zone
	labels := strings.Split(strings.TrimSuffix(name, suffix), ".")
	if !strings.HasSuffix(name, suffix) || len(labels) < 2 || len(labels) > 3 {
		return nil, false
	}
	host := ""
	if len(labels) == 3 {
		host, labels = labels[0], labels[1:]
	}

	service, err := names.services.Services(labels[1]).Get(labels[0])
	if err != nil {
		return nil, false
	}
	if service.Spec.ClusterIP != v1.ClusterIPNone {
		return []string{service.Spec.ClusterIP}, host == ""
	}
	addresses = names.endpointAddresses(service, host)
	return addresses, host == "" || len(addresses) > 0
}

func (names clusterNames) endpointAddresses(service *v1.Service, host string) (addresses []string) {
	endpoints, err := names.endpoints.Endpoints(service.Namespace).Get(service.Name)
	if err != nil {
		return nil
	}
	for _, subset := range endpoints.Subsets {
		for _, address := range subset.Addresses {
			if host == "" || address.Hostname == host {
				addresses = append(addresses, address.IP)
			}
		}
	}
	return addresses
}
