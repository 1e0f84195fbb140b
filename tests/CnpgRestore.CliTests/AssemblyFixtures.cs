using CnpgRestore.CliTests;
using CnpgRestore.TestServers;

[assembly: AssemblyFixture(typeof(TestBed))]
[assembly: TestCollectionOrderer(typeof(CliTestOrder))]
