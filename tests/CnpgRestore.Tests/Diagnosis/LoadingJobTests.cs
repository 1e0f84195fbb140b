using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Which Jobs are loads of a dump into this Cluster, and what of their logs still counts.</summary>
public sealed class LoadingJobTests
{
    private const string Host = """[{"name":"PGHOST","value":"orders-rw"}]""";

    [Theory]
    [InlineData("""["psql","-f","/dumps/orders.sql"]""", "cnpg-restore from-dump orders -n shop --local PATH && kubectl delete job load -n shop")]
    [InlineData("""["bash","-c","psql -v ON_ERROR_STOP=1 < /dumps/orders.sql"]""", "cnpg-restore from-dump orders -n shop --local PATH && kubectl delete job load -n shop")]
    [InlineData("""["bash","-c","zcat /dumps/orders.sql.gz | psql"]""", "cnpg-restore from-dump orders -n shop --local PATH && kubectl delete job load -n shop")]
    [InlineData("""["pg_restore","-d","orders","/dumps/orders.dump"]""", "cnpg-restore from-dump orders -n shop --local PATH && kubectl delete job load -n shop")]
    [InlineData("""["psql","-c","SELECT cleanup()"]""", "kubectl logs -n shop job/load")]
    [InlineData("""["bash","-c","psql <<EOF\nSELECT cleanup();\nEOF"]""", "kubectl logs -n shop job/load")]
    public void From_dump_is_printed_only_where_a_dump_is_read(string command, string expected) =>
        Assert.Equal(expected, LiveExam.Single(Exam(command, "ERROR:  role \"nobody\" does not exist"), "role-missing").Command);

    [Theory]
    [InlineData("connection to server at \"orders-rw\" failed: Connection refused", "connection-refused", false)]
    [InlineData("ls: cannot access '/dumps/*.sql': No such file or directory", "backup-file-not-found", false)]
    [InlineData("cat: /dumps/old.sql: Permission denied", "permission-denied", false)]
    [InlineData("psql:/dumps/orders.sql:7: ERROR:  permission denied for table users", "permission-denied", true)]
    [InlineData("psql:/dumps/orders.sql:7: ERROR:  relation \"users\" already exists", "relation-already-exists", true)]
    public void A_Job_that_is_Complete_has_got_over_what_it_waited_for(string line, string ailment, bool isFound)
    {
        Assert.Equal(isFound, LiveExam.Has(Exam("""["psql","-f","/dumps/orders.sql"]""", line, condition: "Complete"), ailment));
        Assert.True(LiveExam.Has(Exam("""["psql","-f","/dumps/orders.sql"]""", line, condition: "Failed"), ailment));
    }

    [Theory]
    [InlineData("""[{"name":"PGHOST","value":"orders-rw.shop.svc"}]""", true)]
    [InlineData("""[{"name":"PGPASSWORD","valueFrom":{"secretKeyRef":{"name":"orders-app","key":"password"}}}]""", true)]
    [InlineData("""[{"name":"PGHOST","value":"orders-archive-rw"}]""", false)]
    [InlineData("""[{"name":"TOPIC","value":"orders"}]""", false)]
    public void A_Job_is_of_this_Cluster_by_host_and_Secret_and_not_by_a_word(string env, bool isFound) =>
        Assert.Equal(isFound, LiveExam.Has(Exam("""["psql","-f","/dumps/orders.sql"]""", "ERROR:  role \"nobody\" does not exist", env), "role-missing"));

    [Fact]
    public void Of_the_Jobs_of_a_CronJob_only_the_newest_speaks()
    {
        const string Spec = """{"containers":[{"name":"load","command":["psql","-f","/dumps/orders.sql"],"env":[{"name":"PGHOST","value":"orders-rw"}]}]}""";
        var exam = LiveExam.Of(LiveExam.Healthy()) with
        {
            Jobs = [Owned("load-1"), Owned("load-2")],
            Pods = [LiveExam.PodOf("load-2", Spec, created: "2026-11-30T11:00:00Z"), LiveExam.PodOf("load-1", Spec, created: "2026-11-30T10:00:00Z")],
            Logs = [new ContainerLog("load-1-x2k9p", "load", "load-1", ["ERROR:  role \"nobody\" does not exist"]), new ContainerLog("load-2-x2k9p", "load", "load-2", ["COPY 7"])],
        };

        Assert.False(LiveExam.Has(exam, "role-missing"));
        Assert.True(LiveExam.Has(exam with { Pods = [exam.Pods[1]] }, "role-missing"));
    }

    private static JsonObject Owned(string name) =>
        LiveExam.Json($$$"""{"metadata":{"name":"{{{name}}}","ownerReferences":[{"kind":"CronJob","name":"load"}]}}""");

    private static Examination Exam(string command, string line, string env = Host, string condition = "Failed") => LiveExam.Of(LiveExam.Healthy()) with
    {
        Jobs = [LiveExam.Json($$$"""{"metadata":{"name":"load"},"status":{"conditions":[{"type":"{{{condition}}}","status":"True"}]}}""")],
        Pods = [LiveExam.PodOf("load", $$$"""{"containers":[{"name":"load","command":{{{command}}},"env":{{{env}}}}]}""")],
        Logs = [new ContainerLog("load-x2k9p", "load", "load", [line])],
    };
}
