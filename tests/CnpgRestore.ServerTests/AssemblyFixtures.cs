using CnpgRestore.ServerTests;
using CnpgRestore.TestServers;

[assembly: AssemblyFixture(typeof(TestBed))]
[assembly: TestCollectionOrderer(typeof(ServerTestOrder))]
