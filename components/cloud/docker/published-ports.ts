/** The ports of the Docker host that load balancers are published on, each by one of them. */
export class PublishedPorts {
  readonly #given: Readonly<Record<string, number>>;
  readonly #holders = new Map<number, string>();

  /** @param given Port of the Docker host by a load balancer's port, of all of them or of one: `3306`, `jenkins-front:443`. */
  constructor(given: Readonly<Record<string, number>> = {}) {
    this.#given = given;
  }

  /**
   * Gives a load balancer the ports that it is published on: the same ones, unless something else was said.
   * @returns Port of the Docker host by the load balancer's port.
   * @throws RangeError naming both load balancers, when another one has one of them.
   */
  claim(balancer: string, ports: readonly { port: number }[]): Map<number, number> {
    const published = new Map<number, number>();
    for (const { port } of ports) {
      const external = this.#given[`${balancer}:${port}`] ?? this.#given[String(port)] ?? port;
      const holder = this.#holders.get(external);
      if (holder !== undefined) {
        throw new RangeError(
          `port ${external} of the Docker host is published twice, by ${holder} and by ${balancer}: ` +
            `give one of them another with publishedPorts["${balancer}:${port}"]`,
        );
      }
      this.#holders.set(external, balancer);
      published.set(port, external);
    }
    return published;
  }
}
