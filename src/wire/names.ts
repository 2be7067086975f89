/** The name in the driver's certificate; engines ask for it whatever address they dial. */
export const DRIVER_NAME = "driver.disbatch.internal";
