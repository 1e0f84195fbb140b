using CnpgRestore.TestServers;

[assembly: AssemblyFixture(typeof(TestBed))]
