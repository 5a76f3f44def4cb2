import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.node.NodeValidationException;
import org.opensearch.transport.Netty4Plugin;

/**
 * A cluster of OpenSearch nodes in one process, on loopback alone.
 *
 * <p>Its arguments are a folder for what the nodes write, and a pair HTTP-PORT:TRANSPORT-PORT for each node. It prints
 * READY, then takes "stop N" and "start N" from standard input, N counting from 0, and prints DONE for each. It ends
 * when its input does. What goes wrong is told on standard error.
 */
public class Cluster {
    private static final class OneNode extends Node {
        OneNode(Settings settings) {
            super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "127.0.0.1"),
                    List.of(Netty4Plugin.class), false);
        }
    }

    private final Path folder;
    private final List<String[]> ports;
    private final Node[] nodes;

    private Cluster(Path folder, List<String[]> ports) {
        this.folder = folder;
        this.ports = ports;
        this.nodes = new Node[ports.size()];
    }

    public static void main(String[] arguments) {
        try {
            run(arguments);
        } catch (Throwable problem) {
            problem.printStackTrace();
        }
        Runtime.getRuntime().halt(0); // what the nodes hold is thrown away, and closing them takes seconds
    }

    private static void run(String[] arguments) throws Exception {
        var log = ConfigurationBuilderFactory.newConfigurationBuilder();
        log.add(log.newAppender("errors", "Console").addAttribute("target", "SYSTEM_ERR"));
        log.add(log.newRootLogger(Level.ERROR).add(log.newAppenderRef("errors")));
        Configurator.initialize(log.build());
        var ports = List.of(arguments).subList(1, arguments.length).stream().map(pair -> pair.split(":")).toList();
        var cluster = new Cluster(Path.of(arguments[0]), ports);
        IntStream.range(0, ports.size()).forEach(cluster::make); // what nodes share is not made for two at once
        IntStream.range(0, ports.size()).parallel().forEach(cluster::join);
        System.out.println("READY");
        try (var commands = new Scanner(System.in)) {
            while (commands.hasNext()) {
                String command = commands.next();
                int number = commands.nextInt();
                if (command.equals("stop")) {
                    cluster.stop(number);
                } else {
                    cluster.make(number);
                    cluster.join(number);
                }
                System.out.println("DONE");
            }
        }
    }

    private void make(int number) {
        nodes[number] = new OneNode(settings(number));
    }

    private void join(int number) {
        try {
            nodes[number].start();
        } catch (NodeValidationException problem) {
            throw new IllegalStateException(problem);
        }
    }

    private void stop(int number) throws Exception {
        nodes[number].close();
        nodes[number].awaitClose(30, TimeUnit.SECONDS);
    }

    private Settings settings(int number) {
        return Settings.builder()
                .put("cluster.name", "dateline")
                .put("node.name", "node-" + number)
                .put("path.home", folder.resolve("node-" + number).toString())
                .put("network.host", "127.0.0.1")
                .put("http.type", "netty4")
                .put("http.port", ports.get(number)[0])
                .put("transport.type", "netty4")
                .put("transport.port", ports.get(number)[1])
                .putList("discovery.seed_hosts", ports.stream().map(pair -> "127.0.0.1:" + pair[1]).toList())
                .putList("cluster.initial_cluster_manager_nodes",
                        IntStream.range(0, ports.size()).mapToObj(node -> "node-" + node).toList())
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .build();
    }
}
